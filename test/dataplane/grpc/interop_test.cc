// http2::ClientCodec and the gRPC framing against a gRPC C++ server in a process of its own.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "dataplane/grpc/echo.pb.h"
#include "dataplane/grpc/message.h"
#include "dataplane/grpc/request_head.h"
#include "dataplane/grpc/status.h"
#include "dataplane/http2/client_codec.h"
#include "test/support/stream_recorder.h"

namespace sluice::grpc {
namespace {

using echo::Note;
using http::EndStream;
using http::StreamError;
using http::StreamId;

constexpr size_t kReadSize = 16 * 1024;

// The server process, and a connected socket.
class EchoServer {
 public:
  EchoServer() {
    int input[2], output[2];
    EXPECT_EQ(pipe(input), 0);
    EXPECT_EQ(pipe(output), 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input[0], 0);
    posix_spawn_file_actions_adddup2(&actions, output[1], 1);
    for (int fd : {input[0], input[1], output[0], output[1]}) {
      posix_spawn_file_actions_addclose(&actions, fd);
    }
    char* const path = std::getenv("ECHO_SERVER");
    char* argv[] = {path, nullptr};
    EXPECT_EQ(posix_spawn(&pid_, path, &actions, nullptr, argv, environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    close(input[0]);
    close(output[1]);
    input_ = input[1];
    char text[16] = {};
    EXPECT_GT(read(output[0], text, sizeof(text) - 1), 0);
    close(output[0]);

    socket_ = socket(AF_INET, SOCK_STREAM, 0);
    const timeval patience{20, 0};  // only for a server that hangs
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(std::atoi(text)));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  }
  ~EchoServer() {
    close(socket_);
    close(input_);
    waitpid(pid_, nullptr, 0);
  }
  int socket_ = -1;

 private:
  pid_t pid_ = 0;
  int input_ = -1;
};

// One call: its messages as they come, and its status.
class EchoCall final : public http::StreamEvents {
 public:
  explicit EchoCall(buffer::BlockPool& pool) : arena_(pool), reader_(pool, 10 << 20) {}

  std::vector<std::string> texts;
  bool over = false;
  Status status;
  http::Head request_{arena_};
  http::Head head{arena_};
  http::Head trailers{arena_};

  http::Head& NewHead(HeadKind kind) override {
    return kind == HeadKind::kTrailers ? trailers : head;
  }
  void OnHead(EndStream) override {}
  void OnBody(buffer::Buffer& data) override {
    reader_.Append(data);
    buffer::Buffer message;
    while (reader_.Next(message) == MessageReader::Result::kMessage) {
      Note note;
      EXPECT_TRUE(note.ParseFromString(message.ToString()));
      texts.push_back(note.text());
    }
  }
  void OnTrailers() override { has_trailers_ = true; }
  void OnEnd() override {
    over = true;
    EXPECT_FALSE(reader_.inside_message());
    status = StatusOf(head, has_trailers_ ? &trailers : nullptr);
  }
  void OnReset(StreamError error) override {
    over = true;
    status = {FromStreamError(error), std::string(http::StreamErrorName(error))};
  }

 private:
  buffer::Arena arena_;
  MessageReader reader_;
  bool has_trailers_ = false;
};

class InteropTest : public ::testing::Test {
 protected:
  StreamId Open(EchoCall& call, std::string_view path,
                std::optional<base::Duration> timeout = std::nullopt) {
    SetRequestHead(path, "127.0.0.1", timeout, call.request_);
    const StreamId id = codec_.OpenStream(call);
    codec_.SendHead(id, call.request_, EndStream::kNo);
    return id;
  }
  void Send(StreamId id, std::string_view text, EndStream end) {
    Note note;
    note.set_text(std::string(text));
    buffer::Buffer message;
    buffer::Buffer framed;
    message.AppendCopy(pool_, note.SerializeAsString());
    AppendMessage(pool_, message, framed);
    codec_.SendBody(id, framed, end);
  }
  // Until `done`, or nothing comes any more.
  template <typename F>
  void RunUntil(F&& done) {
    for (;;) {
      codec_.TakeOutput(out_);
      while (!out_.empty()) {
        const ssize_t sent = send(server_.socket_, out_.front().data(), out_.front().size(), 0);
        ASSERT_GT(sent, 0);
        out_.Drain(static_cast<size_t>(sent));
      }
      if (done()) return;
      const std::span<char> memory = in_.Reserve(pool_, kReadSize);
      const ssize_t got = recv(server_.socket_, memory.data(), memory.size(), 0);
      ASSERT_GT(got, 0);
      in_.Commit(static_cast<size_t>(got));
      ASSERT_EQ(codec_.Feed(in_).error, StreamError::kNone);
    }
  }

  EchoServer server_;
  buffer::BlockPool pool_;
  test::ConnectionRecorder connection_;
  http2::ClientOptions options_;
  http2::ClientCodec codec_{pool_, connection_, options_};
  buffer::Buffer in_;
  buffer::Buffer out_;
};

TEST_F(InteropTest, MakesAUnaryCall) {
  EchoCall call(pool_);
  Send(Open(call, "/sluice.echo.Echo/Say"), "sluice", EndStream::kYes);
  RunUntil([&] { return call.over; });
  EXPECT_TRUE(call.status.ok()) << call.status.message;
  EXPECT_EQ(call.texts, std::vector<std::string>{"hello sluice"});
  EXPECT_TRUE(IsGrpcResponse(call.head));
  EXPECT_TRUE(codec_.idle());
}

TEST_F(InteropTest, TellsTheServerItsDeadline) {
  EchoCall call(pool_);
  Send(Open(call, "/sluice.echo.Echo/Say", std::chrono::hours(1)), "you", EndStream::kYes);
  RunUntil([&] { return call.over; });
  EXPECT_EQ(call.texts, std::vector<std::string>{"hello you soon"});
}

TEST_F(InteropTest, ReadsErrors) {
  EchoCall refused(pool_);
  EchoCall unknown(pool_);
  Send(Open(refused, "/sluice.echo.Echo/Say"), "", EndStream::kYes);
  Send(Open(unknown, "/sluice.echo.Echo/Shout"), "x", EndStream::kYes);
  RunUntil([&] { return refused.over && unknown.over; });
  EXPECT_EQ(refused.status.code, StatusCode::kInvalidArgument);
  EXPECT_EQ(refused.status.message, "text: 0 % of \xc3\xa4 note");
  EXPECT_EQ(unknown.status.code, StatusCode::kUnimplemented);
}

TEST_F(InteropTest, TalksBothWaysOnOneStream) {
  EchoCall call(pool_);
  const StreamId id = Open(call, "/sluice.echo.Echo/Chat");
  std::vector<std::string> said;
  // Each note waits for the answer to the one before; the longest passes several windows.
  for (size_t size : {1u, 100u, 20'000u, 300'000u, 2'000'000u, 5u}) {
    said.push_back(std::string(size, 'n'));
    Send(id, said.back(), EndStream::kNo);
    RunUntil([&] { return call.over || call.texts.size() == said.size(); });
    ASSERT_FALSE(call.over) << call.status.message;
  }
  EXPECT_EQ(call.texts, said);
  buffer::Buffer nothing;
  codec_.SendBody(id, nothing, EndStream::kYes);
  RunUntil([&] { return call.over; });
  EXPECT_TRUE(call.status.ok()) << call.status.message;
  EXPECT_EQ(call.trailers.Find("said"), "all");
}

TEST_F(InteropTest, ManyCallsShareTheConnection) {
  std::deque<EchoCall> calls;
  for (int i = 0; i < 90; ++i) {
    calls.emplace_back(pool_);
    Send(Open(calls.back(), "/sluice.echo.Echo/Say"), std::to_string(i), EndStream::kYes);
  }
  codec_.SendPing();
  RunUntil([&] {
    for (const EchoCall& call : calls) {
      if (!call.over) return false;
    }
    return codec_.pings_outstanding() == 0;
  });
  for (size_t i = 0; i < calls.size(); ++i) {
    EXPECT_EQ(calls[i].texts, std::vector<std::string>{"hello " + std::to_string(i)});
  }
}

}  // namespace
}  // namespace sluice::grpc
