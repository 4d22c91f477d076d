#include <gtest/gtest.h>
#include <sqlite3.h>

#include <memory>

namespace {

class SqliteTest : public testing::Test {
 protected:
  SqliteTest() { EXPECT_EQ(sqlite3_open(":memory:", &db_), SQLITE_OK); }
  ~SqliteTest() override { EXPECT_EQ(sqlite3_close(db_), SQLITE_OK); }

  void Execute(const char* sql) {
    ASSERT_EQ(sqlite3_exec(db_, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(db_);
  }

  // The first column of the first row.
  int Query(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    EXPECT_EQ(sqlite3_prepare_v2(db_, sql, -1, &statement, nullptr), SQLITE_OK);
    EXPECT_EQ(sqlite3_step(statement), SQLITE_ROW);
    const int value = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    return value;
  }

  sqlite3* db_ = nullptr;
};

TEST_F(SqliteTest, ARolledBackTransactionLeavesNothing) {
  Execute("CREATE TABLE head(revision INTEGER); INSERT INTO head VALUES (1)");
  Execute("BEGIN; INSERT INTO head VALUES (2); ROLLBACK");
  EXPECT_EQ(Query("SELECT count(*) FROM head"), 1);
}

TEST_F(SqliteTest, IsBuiltThreadSafe) { EXPECT_NE(sqlite3_threadsafe(), 0); }

}  // namespace
