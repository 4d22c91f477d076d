#include "dataplane/admin/admin.h"

#include <gtest/gtest.h>

#include "test/dataplane/admin/admin_world.h"

namespace sluice::admin {
namespace {

constexpr std::string_view kReady = "GET /ready HTTP/1.1\r\nHost: a\r\n\r\n";

TEST(AdminTest, AnswersOverASocketAndKeepsTheConnection) {
  World world;
  Client client(world.admin->bound());
  client.Send(kReady);
  world.Turn();
  EXPECT_EQ(StatusLineOf(client.Received()), "HTTP/1.1 200 OK");
  EXPECT_EQ(BodyOf(client.Received()), "LIVE\n");
  EXPECT_FALSE(client.closed());
  const size_t first = client.Received().size();
  client.Send(kReady);
  world.Turn();
  EXPECT_EQ(client.Received().size(), 2 * first);
}

TEST(AdminTest, PipelinedRequestsAreAnsweredInOrder) {
  World world;
  Client client(world.admin->bound());
  client.Send(
      "GET /stats HTTP/1.1\r\nHost: a\r\n\r\nGET /ready HTTP/1.1\r\nHost: a\r\nConnection: "
      "close\r\n\r\n");
  world.Turn();
  const std::string all = client.Received();
  EXPECT_TRUE(client.closed());
  const size_t stats = all.find("server.live: 1\n");
  const size_t ready = all.find("LIVE\n");
  ASSERT_NE(stats, all.npos);
  ASSERT_NE(ready, all.npos);
  EXPECT_LT(stats, ready);
}

TEST(AdminTest, AnswersInPiecesAndBadRequestsWork) {
  World world;
  Client client(world.admin->bound());
  for (const char c : kReady) {
    client.Send({&c, 1});
    world.Turn();
  }
  EXPECT_EQ(BodyOf(client.Received()), "LIVE\n");
  EXPECT_EQ(StatusLineOf(world.Exchange("GET /ready HTTP/1.1\r\nHost : a\r\n\r\n")),
            "HTTP/1.1 400 Bad Request");
}

TEST(AdminTest, ReadsAreGetAndChangesArePost) {
  World world;
  for (const char* page : {"/", "/ready", "/stats", "/stats/prometheus", "/config_dump",
                           "/clusters", "/listeners", "/certs", "/server_info", "/healthz"}) {
    EXPECT_EQ(StatusLineOf(world.Get(page)), "HTTP/1.1 200 OK") << page;
    const std::string refused = world.Post(page);
    EXPECT_EQ(StatusLineOf(refused), "HTTP/1.1 405 Method Not Allowed") << page;
    EXPECT_NE(refused.find("allow: GET, HEAD\r\n"), refused.npos) << refused;
  }
  for (const char* page : {"/drain_listeners", "/logging"}) {
    EXPECT_EQ(StatusLineOf(world.Get(page)), "HTTP/1.1 405 Method Not Allowed") << page;
    EXPECT_EQ(StatusLineOf(world.Exchange("PUT " + std::string(page) + " HTTP/1.0\r\n\r\n")),
              "HTTP/1.1 405 Method Not Allowed");
  }
  EXPECT_EQ(world.drained, 0);
  EXPECT_EQ(StatusLineOf(world.Post("/drain_listeners")), "HTTP/1.1 200 OK");
  EXPECT_EQ(world.drained, 1);
}

TEST(AdminTest, HeadIsGetWithoutTheBody) {
  World world;
  const std::string head =
      world.Exchange("HEAD /ready HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_NE(head.find("content-length: 5\r\n"), head.npos) << head;
  EXPECT_EQ(BodyOf(head), "");
}

// A page in a browser on the same machine could post to a loopback port.
TEST(AdminTest, ChangesFromBrowserPagesAreRefused) {
  World world;
  const std::string answer = world.Exchange(
      "POST /drain_listeners HTTP/1.1\r\nHost: a\r\nOrigin: http://evil.example\r\nContent-Length: "
      "0\r\n"
      "Connection: close\r\n\r\n");
  EXPECT_EQ(StatusLineOf(answer), "HTTP/1.1 403 Forbidden");
  EXPECT_EQ(world.drained, 0);
}

// Negative case 166.
TEST(AdminTest, InputIsNeverShownAndNothingIsHtml) {
  World world;
  world.http_stats.Get("<script>alert(1)</script>");
  for (const char* target : {"/no<script>", "/ready?<script>", "/stats", "/stats?format=<script>",
                             "/stats/prometheus", "/clusters?format=%3Cscript%3E"}) {
    const std::string answer = world.Get(target);
    EXPECT_EQ(answer.find("text/html"), answer.npos) << target;
    EXPECT_NE(answer.find("x-content-type-options: nosniff\r\n"), answer.npos) << answer;
    if (std::string_view(target).find("stats") == std::string_view::npos) {
      EXPECT_EQ(answer.find("script"), answer.npos) << target;
    }
  }
  EXPECT_EQ(StatusLineOf(world.Get("/nothing")), "HTTP/1.1 404 Not Found");
}

TEST(AdminTest, TheSeventeenthClientIsClosedAndRoomComesBack) {
  World world;
  std::vector<std::unique_ptr<Client>> clients;
  for (size_t i = 0; i < Admin::kMaxConnections; ++i) {
    clients.push_back(std::make_unique<Client>(world.admin->bound()));
  }
  world.Turn();
  Client late(world.admin->bound());
  world.Turn();
  late.Received();
  EXPECT_TRUE(late.closed());
  clients.pop_back();
  world.Turn();
  EXPECT_EQ(StatusLineOf(world.Get("/ready")), "HTTP/1.1 200 OK");
}

TEST(AdminTest, ASilentClientIsClosed) {
  World world;
  Client client(world.admin->bound());
  client.Send("GET /re");
  world.Turn();
  world.clock.Advance(std::chrono::seconds(9));
  world.Turn();
  client.Received();
  EXPECT_FALSE(client.closed());
  world.clock.Advance(std::chrono::seconds(2));
  world.Turn();
  client.Received();
  EXPECT_TRUE(client.closed());
}

TEST(AdminTest, AnAnswerThatComesTooLateFindsNobody) {
  World world;
  {
    Client client(world.admin->bound());
    client.Send("GET /clusters HTTP/1.1\r\nHost: a\r\n\r\n");
    world.main.RunUntilIdle();  // the question is with the config thread
  }
  world.main.RunUntilIdle();
  world.clock.Advance(std::chrono::seconds(11));
  world.Turn();
  EXPECT_EQ(StatusLineOf(world.Get("/ready")), "HTTP/1.1 200 OK");
}

TEST(AdminTest, GoesAwayWithConnectionsAndQuestionsOpen) {
  World world;
  Client idle(world.admin->bound());
  Client client(world.admin->bound());
  client.Send("GET /stats HTTP/1.1\r\nHost: a\r\n\r\n");
  world.main.RunUntilIdle();
  world.admin.reset();
  world.Turn();
  client.Received();
  EXPECT_TRUE(client.closed());
}

TEST(AdminTest, ATakenPortIsAnErrorThatNamesIt) {
  World world;
  Admin other(world.main, Sources());
  const absl::Status status = other.Listen(world.admin->bound());
  EXPECT_EQ(status.message(), "admin: cannot listen on " + world.admin->bound().ToString() +
                                  ": Address already in use (EADDRINUSE)");
}

}  // namespace
}  // namespace sluice::admin
