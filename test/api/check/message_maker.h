// Makes messages that keep every rule, by the rules as the tests read them (rule_book.h), and
// breaks one rule of one field in them.
#pragma once

#include <google/protobuf/message.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "test/api/check/rule_book.h"

namespace sluice::api {

class MessageMaker {
 public:
  using Message = google::protobuf::Message;
  using Field = google::protobuf::FieldDescriptor;

  // `rows` outlives the maker.
  explicit MessageMaker(const std::vector<StatedRules>& rows);

  // The least message of the type that no rule refuses.
  std::unique_ptr<Message> Valid(const google::protobuf::Descriptor& type) const;
  // Sets `field` to a value that keeps its rules; one item or entry, or as many as it needs.
  void SetValid(Message& message, const Field& field) const;
  // Breaks the constraint in a message whose field is valid. False if no value can break it.
  bool Break(Message& message, const Field& field, const Constraint& constraint) const;

 private:
  const std::vector<Constraint>& RulesFor(const Field& field) const;
  void AddItem(Message& message, const Field& field) const;
  void SetMessage(Message& message, const Field& field) const;
  void SetScalar(Message& message, const Field& field, const std::vector<Constraint>& rules) const;

  std::map<std::pair<std::string, std::string>, std::vector<Constraint>> rules_;
  std::map<std::string, std::vector<std::string>> required_oneofs_;  // message -> first members
};

}  // namespace sluice::api
