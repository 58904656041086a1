// A small index for tests: the project's tables and a few made-up feeds.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "catalog/tables.h"

namespace vsm {

inline const TableTexts& project_tables() {
  static const TableTexts tables = read_tables(VSM_DATA_FOLDER);
  return tables;
}

/// A folder that goes away with its test.
class TempFolder {
 public:
  explicit TempFolder(const std::filesystem::path& below = std::filesystem::temp_directory_path()) {
    static int number = 0;
    path_ = below / ("vsm-test-" + std::to_string(::getpid()) + "-" + std::to_string(++number));
    std::filesystem::create_directories(path_);
  }
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  std::string write(const std::string& name, const std::string& content) const {
    const std::filesystem::path file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << content;
    return file.string();
  }

 private:
  std::filesystem::path path_;
};

/// XZuFi pieces, short.
namespace xzufi {

inline std::string file(const std::string& body) {
  return "<?xml version=\"1.0\"?><x:transfer xmlns:x=\"http://xoev.de/schemata/xzufi/2_2_0\" "
         "xzufiVersion=\"2.2.0\">"
         "<x:nachrichtenkopf/>" +
         body + "</x:transfer>";
}
inline std::string write(const std::string& object) { return "<x:schreibe>" + object + "</x:schreibe>"; }
inline std::string id(const std::string& agency, const std::string& number) {
  return "<x:id schemeAgencyID=\"" + agency + "\">" + number + "</x:id>";
}
inline std::string module(const std::string& code, const std::string& text) {
  return "<x:modulText><x:leikaTextmodul><code>" + code +
         "</code></x:leikaTextmodul><x:inhalt languageCode=\"de\">" + text + "</x:inhalt></x:modulText>";
}
inline std::string service(const std::string& agency, const std::string& number, const std::string& keys,
                           const std::string& title, const std::string& area, const std::string& more = {}) {
  std::string references;
  for (std::string_view key : split(keys, ' '))
    references += "<x:referenzLeiKa><code>" + std::string(key) + "</code></x:referenzLeiKa>";
  return write("<x:leistung>" + id(agency, number) + references + module("03", title) +
               (area.empty() ? "" : "<x:gueltigkeitGebietID>" + area + "</x:gueltigkeitGebietID>") + more +
               "</x:leistung>");
}
inline std::string online(const std::string& agency, const std::string& number, const std::string& title,
                          const std::string& url, const std::string& more = {}) {
  return write("<x:onlinedienst>" + id(agency, number) + "<x:bezeichnung languageCode=\"de\">" + title +
               "</x:bezeichnung><x:link languageCode=\"de\"><x:typ><code>01</code></x:typ><x:link>" + url +
               "</x:link></x:link><x:vertrauensniveau><code>20</code></x:vertrauensniveau>" + more +
               "</x:onlinedienst>");
}
inline std::string office(const std::string& agency, const std::string& number, const std::string& name) {
  return write(
      "<x:organisationseinheit>" + id(agency, number) + "<x:name><x:name languageCode=\"de\">" + name +
      "</x:name></x:name><x:anschrift><x:strasse>Markt</x:strasse><x:hausnummer>2</x:hausnummer>"
      "<x:postleitzahl>44787</x:postleitzahl><x:ort>Bochum</x:ort></x:anschrift><x:kommunikation><x:kanal>"
      "<code>02</code></x:kanal><x:kennung>0234 1</x:kennung></x:kommunikation></x:organisationseinheit>");
}
inline std::string responsible(const std::string& agency, const std::string& subject,
                               const std::string& service_agency, const std::string& service,
                               const std::string& areas) {
  std::string list;
  for (std::string_view area : split(areas, ' '))
    list += "<x:gebietID>" + std::string(area) + "</x:gebietID>";
  return write("<x:zustaendigkeitTransferObjekt><x:uebergeordnetesObjektID schemeAgencyID=\"" + agency +
               "\">" + subject +
               "</x:uebergeordnetesObjektID><x:zustaendigkeit><x:leistungID schemeAgencyID=\"" +
               service_agency + "\">" + service + "</x:leistungID>" + list +
               "</x:zustaendigkeit></x:zustaendigkeitTransferObjekt>");
}
inline std::string valid(const std::string& from, const std::string& to) {
  return "<x:gueltigkeit><x:beginn>" + from + "</x:beginn><x:ende>" + to + "</x:ende></x:gueltigkeit>";
}

}  // namespace xzufi
}  // namespace vsm
