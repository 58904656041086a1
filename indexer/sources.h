// Where feeds come from: sources.tsv, one source a line.
//   id      unique, appears in results as their source
//   format  xzufi (a file or a folder of .xml files) or list (a folder, see list_reader.h)
//   path    relative to the folder of sources.tsv
//   area    id of the area it delivers for, for example gemeinde:053150000000
//   name    what people call it
//   sample  yes: every object is a sample and says so
//   side    optional table for what XZuFi has no field for (see side_table.h), relative path
#pragma once

#include <string>
#include <vector>

namespace vsm {

struct Source {
  std::string id, format, path, area, name, side;
  bool sample = false;
};

/// `path` is a sources.tsv, a folder with one, a folder of XZuFi files (each file is one source for the whole
/// country unless its texts name an area), or one XZuFi file. Throws TableError where it is none of these.
std::vector<Source> find_sources(const std::string& path);

}  // namespace vsm
