// Who runs this server, as its pages say it.
#pragma once

#include <string>

namespace vsm {

struct Site {
  std::string name = "Verwaltungssuchmaschine";
  /// Where people reach the server: "https://suche.example.de", without a slash at the end. Absolute
  /// addresses are made of it, never of what a request says. Empty: what needs one is not there.
  std::string public_url = {};
  std::string contact = {};  ///< "mailto:..." or "https://...": for whoever meets a barrier; may be empty
  std::string report_contact = {};  ///< the same, for links that do not work
  /// A folder of notes in Markdown that stand for those of server/web/notes: impressum.de.md ...
  std::string notes = {};
};

}  // namespace vsm
