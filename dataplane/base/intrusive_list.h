// Doubly linked list whose links live inside the elements, so that linking never allocates and
// unlinking needs no list. An element is on at most one list per link; its destructor unlinks it.
// Thread: that of the elements.
#pragma once

#include <cstddef>

namespace sluice::base {

// Derive from ListNode<Tag> once per list the type can be on.
template <typename Tag = void>
class ListNode {
 public:
  ListNode() = default;
  ~ListNode() { Unlink(); }
  ListNode(const ListNode&) = delete;
  ListNode& operator=(const ListNode&) = delete;

  // On some list.
  bool linked() const { return next_ != nullptr; }
  // Off its list, in O(1); harmless when it is on none.
  // (Iterating while others unlink is for ForEach, with its rule.)
  void Unlink() {
    if (next_ == nullptr) return;
    prev_->next_ = next_;
    next_->prev_ = prev_;
    next_ = prev_ = nullptr;
  }

 private:
  template <typename T, typename U>
  friend class IntrusiveList;
  ListNode* next_ = nullptr;
  ListNode* prev_ = nullptr;
};

// T derives from ListNode<Tag>. The list does not own its elements.
template <typename T, typename Tag = void>
class IntrusiveList {
 public:
  using Node = ListNode<Tag>;
  // Not copyable or movable, because elements point at the list.
  IntrusiveList() { head_.next_ = head_.prev_ = &head_; }
  ~IntrusiveList() {
    while (!empty()) front().Node::Unlink();
    head_.next_ = head_.prev_ = nullptr;
  }

  bool empty() const { return head_.next_ == &head_; }
  // The list must not be empty, here and in PopFront.
  T& front() { return static_cast<T&>(*head_.next_); }
  T& back() { return static_cast<T&>(*head_.prev_); }
  // `item` must not be on a list of this tag.
  void PushBack(T& item) { Insert(*head_.prev_, item); }
  void PushFront(T& item) { Insert(head_, item); }
  // Off the list and out; the caller may put it on another one.
  T& PopFront() {
    T& item = front();
    item.Node::Unlink();
    return item;
  }
  // Moves all elements of `from` to the end of this list, in order and in constant time.
  void Splice(IntrusiveList& from) {
    if (from.empty()) return;
    Node* first = from.head_.next_;
    Node* last = from.head_.prev_;
    from.head_.next_ = from.head_.prev_ = &from.head_;
    first->prev_ = head_.prev_;
    head_.prev_->next_ = first;
    last->next_ = &head_;
    head_.prev_ = last;
  }
  // Calls `f(T&)` for each element; `f` may unlink the element it is given, no other.
  template <typename F>
  void ForEach(F&& f) {
    for (Node* n = head_.next_; n != &head_;) {
      Node* next = n->next_;
      f(static_cast<T&>(*n));
      n = next;
    }
  }

 private:
  // Links `node` behind `after`.
  static void Insert(Node& after, Node& node) {
    node.prev_ = &after;
    node.next_ = after.next_;
    after.next_->prev_ = &node;
    after.next_ = &node;
  }
  Node head_;  // closes the ring; is no element
};

}  // namespace sluice::base
