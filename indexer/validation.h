// The rules that an object must keep before it is written: those of XZuFi and the PVOG that go beyond a
// reader's form, and what a source may write. docs/rules.md lists them.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "catalog/area_table.h"
#include "catalog/catalogue.h"
#include "catalog/objects.h"
#include "indexer/problem.h"
#include "indexer/side_table.h"
#include "indexer/sources.h"
#include "store/bitmap.h"

namespace vsm {

/// For one source. Not thread-safe.
class Validation {
 public:
  /// Reads the side table. All that is handed in must outlive this. Throws TableError where the area of the
  /// source, or one that it may write, is not known, or the side table cannot be read.
  Validation(const Source& source, const AreaTable& areas, const Catalogue& catalogue);

  /// Completes an object with what the source's settings and side table say, and mends what can be mended.
  /// False: it must not be written. Everything found is reported as a problem of `place`.
  bool admit(Change& change, const Problem& place, const std::function<void(Problem)>& report);

 private:
  bool check(ServiceText& text);
  bool check(OnlineService& service);
  bool check(Office& office);
  bool check(Responsibility& responsibility);
  bool check(Deletion& deletion);
  bool check_id(const ObjectId& id, const char* what);
  bool check_areas(const std::vector<std::string>& ids);
  void check_links(std::vector<TextModule>& modules);
  bool may_write(const std::string& area_id);
  bool refuse(const char* rule, std::string message);
  void warn(const char* rule, std::string message);

  const Source& source_;
  const AreaTable& areas_;
  const Catalogue& catalogue_;
  SideTable side_;
  std::vector<AreaIndex> writable_;
  Bitmap writable_towns_;
  std::unordered_map<std::string, bool> known_;  // areas already looked up
  const Problem* place_ = nullptr;
  const std::function<void(Problem)>* report_ = nullptr;
};

}  // namespace vsm
