#include "controlplane/model/paths.h"

#include <fmt/format.h>

#include <algorithm>

namespace sluice::model {
namespace {

constexpr std::string_view kVersion = "{version}";

std::vector<std::string_view> Cut(std::string_view path) {
  std::vector<std::string_view> segments;
  for (size_t at = 1; at <= path.size();) {
    const size_t slash = std::min(path.find('/', at), path.size());
    segments.push_back(path.substr(at, slash - at));
    at = slash + 1;
  }
  return segments;
}

bool IsVariableName(std::string_view name) {
  return !name.empty() && name.size() <= 64 && !(name[0] >= '0' && name[0] <= '9') &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '_';
         });
}

// Bytes that no request path holds as they are, or that would end it.
std::string BytesError(std::string_view path) {
  for (char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > 0x20 && byte < 0x7F && std::string_view("?#\\\"<>^`|").find(c) == std::string_view::npos) {
      continue;
    }
    return fmt::format("must not hold byte 0x{:02x}", byte);
  }
  return "";
}

std::string StartError(std::string_view path) {
  if (!path.starts_with('/')) return "must start with '/'";
  if (path.size() > kMaxPathBytes) return fmt::format("is longer than {} bytes", kMaxPathBytes);
  if (std::string error = BytesError(path); !error.empty()) return error;
  if (path.find("//") != std::string_view::npos) {
    return "must not hold \"//\": requests are matched with slashes merged";
  }
  for (std::string_view segment : Cut(path)) {
    if (segment == "." || segment == "..") {
      return "must not hold dot segments: requests are matched without (RFC 3986 5.2.4)";
    }
  }
  return "";
}

// A variable segment; `error` is set if it is none.
PathTemplate::Segment Variable(std::string_view segment, bool last, std::string& error) {
  PathTemplate::Segment result{PathTemplate::Segment::Kind::kOne, {}};
  std::string_view name = segment.substr(1, segment.size() - 2);
  if (const size_t equals = name.find('='); equals != std::string_view::npos) {
    const std::string_view many = name.substr(equals + 1);
    name = name.substr(0, equals);
    if (many == "**" && last) {
      result.kind = PathTemplate::Segment::Kind::kRest;
    } else {
      error = fmt::format("'{}': only {{name}}, and {{name=**}} at the end, are understood", segment);
    }
  }
  if (!IsVariableName(name)) {
    error = fmt::format("'{}': a variable is named by letters, digits and '_'", segment);
  }
  result.text = std::string(name);
  return result;
}

}  // namespace

std::string_view NormalBasePath(std::string_view path) { return path == "/" ? std::string_view() : path; }

bool PathCovers(std::string_view outer, std::string_view inner) {
  if (!inner.starts_with(outer)) return false;
  return outer.empty() || inner.size() == outer.size() || inner[outer.size()] == '/';
}

std::string PathError(std::string_view path) {
  if (std::string error = StartError(path); !error.empty()) return error;
  return path.find_first_of("{}*") == std::string_view::npos
             ? ""
             : "must not hold '{', '}' or '*': templates are written in match.template";
}

std::string BasePathError(std::string_view path) {
  if (path.empty() || path == "/") return "";
  if (std::string error = PathError(path); !error.empty()) return error;
  return path.ends_with('/') ? "must not end with '/'" : "";
}

PathTemplate ParseTemplate(std::string_view text) {
  PathTemplate result;
  result.error = StartError(text);
  if (!result.error.empty()) return result;
  const std::vector<std::string_view> segments = Cut(text);
  for (size_t i = 0; i < segments.size() && result.error.empty(); ++i) {
    const std::string_view segment = segments[i];
    if (!segment.starts_with('{') || !segment.ends_with('}')) {
      if (segment.find_first_of("{}*") != std::string_view::npos) {
        result.error = fmt::format("'{}': a variable is a whole segment", segment);
      }
      result.segments.push_back({PathTemplate::Segment::Kind::kLiteral, std::string(segment)});
      continue;
    }
    PathTemplate::Segment variable = Variable(segment, i + 1 == segments.size(), result.error);
    for (const PathTemplate::Segment& other : result.segments) {
      if (other.kind != PathTemplate::Segment::Kind::kLiteral && other.text == variable.text) {
        result.error = fmt::format("the variable '{}' stands in it twice", variable.text);
      }
    }
    result.segments.push_back(std::move(variable));
  }
  if (!result.error.empty()) result.segments.clear();
  return result;
}

std::string VersionPath(std::string_view text, std::string_view version) {
  std::string path(text);
  const size_t at = path.find(kVersion);
  return at == std::string::npos ? path : path.replace(at, kVersion.size(), version);
}

std::string VersionTemplateError(std::string_view text) {
  const PathTemplate parsed = ParseTemplate(text);
  if (!parsed.error.empty()) return parsed.error;
  if (text.ends_with('/')) return "must not end with '/'";
  int versions = 0;
  for (const PathTemplate::Segment& segment : parsed.segments) {
    if (segment.kind == PathTemplate::Segment::Kind::kLiteral) continue;
    if (segment.text != "version" || segment.kind != PathTemplate::Segment::Kind::kOne) {
      return "the only variable is {version}";
    }
    ++versions;
  }
  return versions == 1 ? "" : "one segment must be {version}";
}

}  // namespace sluice::model
