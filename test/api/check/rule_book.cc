#include "test/api/check/rule_book.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iostream>

namespace sluice::api {
namespace {

struct Node {
  std::string name;
  std::string value;
  std::vector<Node> children;
};

// name, name=value or name{...}, separated by blanks.
class Parser {
 public:
  explicit Parser(const std::string& text) : text_(text) {}

  std::vector<Node> Nodes() {
    std::vector<Node> nodes;
    while (true) {
      while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == ';')) ++at_;
      if (at_ >= text_.size() || text_[at_] == '}') return nodes;
      Node node;
      node.name = Word();
      if (at_ < text_.size() && text_[at_] == '=') {
        ++at_;
        node.value = text_[at_] == '"' ? QuotedText() : Word();
      } else if (at_ < text_.size() && text_[at_] == '{') {
        ++at_;
        node.children = Nodes();
        ++at_;
      }
      nodes.push_back(std::move(node));
    }
  }

 private:
  std::string Word() {
    const size_t end = std::min(text_.find_first_of(" ={};", at_), text_.size());
    std::string word = text_.substr(at_, end - at_);
    at_ = end;
    return word;
  }

  std::string QuotedText() {
    std::string out;
    for (++at_; text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\') ++at_;
      out += text_[at_];
    }
    ++at_;
    return out;
  }

  const std::string& text_;
  size_t at_ = 0;
};

std::string Nanoseconds(const Node& node) {
  int64_t total = 0;
  for (const Node& part : node.children) {
    total += std::stoll(part.value) * (part.name == "seconds" ? 1'000'000'000 : 1);
  }
  return std::to_string(total);
}

void AddConstraints(const Node& rule, RuleOn on, std::vector<Constraint>& out) {
  bool lax = false;
  for (const Node& part : rule.children) lax |= part.name == "strict" && part.value == "false";
  for (const Node& part : rule.children) {
    if (part.name == "strict") continue;
    if (rule.name == "repeated" && part.name == "items") {
      AddConstraints(part.children.at(0), RuleOn::kItem, out);
    } else if (rule.name == "map" && part.name == "keys") {
      AddConstraints(part.children.at(0), RuleOn::kKey, out);
    } else {
      const bool bound = rule.name == "duration" && part.value.empty();
      out.push_back({rule.name, on, part.name, bound ? Nanoseconds(part) : part.value, lax});
    }
  }
}

std::vector<std::string> SplitTabs(const std::string& line) {
  std::vector<std::string> cells(1);
  for (char c : line) {
    if (c == '\t') {
      cells.emplace_back();
    } else {
      cells.back() += c;
    }
  }
  return cells;
}

}  // namespace

std::vector<StatedRules> ReadRuleRows() {
  std::ifstream file("api/xds-subset.tsv");
  std::vector<StatedRules> rows;
  std::string line;
  while (std::getline(file, line)) {
    const std::vector<std::string> cells = SplitTabs(line);
    if (cells.size() < 11 || cells[0] != "field" || cells[6] != "P1" || cells[9] == "-") continue;
    StatedRules row{cells[1], cells[2], cells[5] == "-" ? "" : cells[5], {}, false};
    for (const Node& rule : Parser(cells[9]).Nodes()) {
      if (rule.name == "oneof_required") {
        row.oneof_required = true;
      } else {
        AddConstraints(rule, RuleOn::kValue, row.constraints);
      }
    }
    rows.push_back(std::move(row));
  }
  if (rows.empty()) {
    std::cerr << "api/xds-subset.tsv cannot be read\n";
    std::abort();
  }
  return rows;
}

}  // namespace sluice::api
