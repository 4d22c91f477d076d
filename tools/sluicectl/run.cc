#include "tools/sluicectl/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "tools/sluicectl/commands.h"
#include "tools/sluicectl/help.h"

namespace sluice::ctl {
namespace {

constexpr std::string_view kVersion = "0.1.0";
constexpr std::string_view kDefaultServer = "127.0.0.1:9801";

// How long a command may take if nobody says.
enum class Patience { kCall, kWait, kEndless };

struct Command {
  std::string_view name;
  size_t least_words;
  size_t most_words;
  Patience patience;
  std::vector<FlagSpec> flags;
  ExitCode (*run)(Context&);
};

const std::vector<Command>& Commands() {
  constexpr FlagSpec kWait{"wait", false, ""};
  constexpr FlagSpec kAuthor{"author", true, ""};
  constexpr FlagSpec kReason{"reason", true, ""};
  constexpr FlagSpec kPlan{"plan", false, ""};
  constexpr FlagSpec kBase{"base", true, ""};
  constexpr size_t kAny = SIZE_MAX;
  static const std::vector<Command> commands = {
      {"apply",
       0,
       0,
       Patience::kCall,
       {{"file", true, "f"}, kPlan, kWait, kAuthor, kReason, kBase},
       RunApply},
      {"get", 1, 2, Patience::kCall, {{"output", true, "o"}, {"revision", true, ""}}, RunGet},
      {"delete", 2, kAny, Patience::kCall, {kPlan, kWait, kAuthor, kReason, kBase}, RunDelete},
      {"diff", 1, 2, Patience::kCall, {}, RunDiff},
      {"history", 0, 0, Patience::kCall, {{"limit", true, ""}, {"before", true, ""}}, RunHistory},
      {"rollback", 1, 1, Patience::kCall, {kWait, kAuthor, kReason}, RunRollback},
      {"wait", 1, 1, Patience::kWait, {}, RunWait},
      {"proxies", 0, 0, Patience::kCall, {}, RunProxies},
      {"refusals", 0, 0, Patience::kEndless, {}, RunRefusals},
      {"register",
       2,
       2,
       Patience::kCall,
       {{"zone", true, ""}, {"weight", true, ""}, {"instance", true, ""}, {"keep", false, ""}},
       RunRegister},
  };
  return commands;
}

ExitCode Misuse(Console& console, std::string_view text, std::string_view command) {
  console.err << "sluicectl: " << text << "\n";
  console.err << fmt::format("sluicectl {}{}--help says more\n", command,
                             command.empty() ? "" : " ");
  return ExitCode::kUsage;
}

// Takes the command out of the words: the first that is neither a flag nor --server's value.
std::string TakeCommand(std::vector<std::string>& words) {
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--server" || words[i] == "--timeout") {
      ++i;
    } else if (!words[i].starts_with('-')) {
      const std::string command = words[i];
      words.erase(words.begin() + static_cast<long>(i));
      return command;
    }
  }
  return "";
}

absl::Duration DefaultTimeout(const Command& command, const Arguments& arguments) {
  if (command.patience == Patience::kEndless || arguments.Has("keep")) {
    return absl::InfiniteDuration();
  }
  const bool waits = command.patience == Patience::kWait || arguments.Has("wait");
  return waits ? absl::Seconds(60) : absl::Seconds(30);
}

ExitCode RunWith(const Command& command, const Arguments& arguments, Console& console) {
  const size_t count = arguments.words().size();
  if (count < command.least_words || count > command.most_words) {
    return Misuse(
        console,
        count < command.least_words ? "there are words missing" : "there are words too many",
        command.name);
  }
  std::string error;
  const auto timeout = arguments.Duration("timeout", DefaultTimeout(command, arguments), error);
  if (!timeout) return Misuse(console, error, command.name);
  const std::string server = arguments.Get(
      "server", console.getenv("SLUICE_SERVER").value_or(std::string(kDefaultServer)));
  Client client(server, *timeout);
  Context context{console, arguments, client};
  return command.run(context);
}

}  // namespace

ExitCode Run(const std::vector<std::string>& words, Console& console) {
  std::vector<std::string> rest = words;
  const std::string name = TakeCommand(rest);
  const bool help = std::any_of(rest.begin(), rest.end(), [](const std::string& word) {
    return word == "--help" || word == "-h";
  });
  if (help || name == "help") {
    const std::string about = name == "help" ? TakeCommand(rest) : name;
    const std::string_view text = about.empty() ? GeneralHelp() : HelpOf(about);
    if (text.empty()) return Misuse(console, fmt::format("there is no command '{}'", about), "");
    console.out << text;
    return ExitCode::kDone;
  }
  if (name == "version" || (name.empty() && rest == std::vector<std::string>{"--version"})) {
    console.out << "sluicectl " << kVersion << "\n";
    return ExitCode::kDone;
  }
  if (name.empty()) return Misuse(console, "there is no command", "");
  const auto& commands = Commands();
  const auto command = std::find_if(commands.begin(), commands.end(),
                                    [&](const Command& c) { return c.name == name; });
  if (command == commands.end()) {
    return Misuse(console, fmt::format("there is no command '{}'", name), "");
  }
  std::vector<FlagSpec> flags = command->flags;
  flags.push_back({"server", true, ""});
  flags.push_back({"timeout", true, ""});
  std::string error;
  const std::optional<Arguments> arguments = Arguments::Parse(rest, flags, error);
  if (!arguments) return Misuse(console, error, name);
  return RunWith(*command, *arguments, console);
}

}  // namespace sluice::ctl
