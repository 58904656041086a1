#include "server/linked_data.h"

#include <algorithm>
#include <vector>

#include "server/request.h"

namespace vsm {
namespace {

using httplib::Request;
using httplib::Response;

constexpr const char* xml_type = "application/xml; charset=utf-8";
constexpr const char* xml_head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
constexpr const char* text_type = "text/plain; charset=utf-8";
/// So many the format allows.
constexpr std::size_t addresses_a_file = 50'000;
/// security.txt says until when it holds; less than a year is asked for.
constexpr Day security_days = 180;

/// Services that have a page without a place: those of the catalogue.
std::vector<ServiceKey> services_of(const Catalogue& catalogue) {
  std::vector<ServiceKey> keys;
  for (const CatalogueEntry& entry : catalogue.entries())
    if (!entry.heading && entry.status != "retired") keys.push_back(entry.key);
  return keys;
}

void send_sitemap_index(SearchEngine& engine, const std::string& base, Response& response) {
  const std::size_t services = services_of(engine.reader().snapshot().catalogue).size();
  std::string xml =
      std::string(xml_head) + "<sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n";
  for (std::size_t file = 0; file * addresses_a_file < services; ++file)
    xml += "<sitemap><loc>" + base + "/sitemap-" + std::to_string(file + 1) + ".xml</loc></sitemap>\n";
  send(response, xml + "</sitemapindex>\n", xml_type);
}

void send_sitemap(SearchEngine& engine, const std::string& base, const std::string& number,
                  Response& response) {
  const auto keys = services_of(engine.reader().snapshot().catalogue);
  const std::size_t first = (std::stoul(number) - 1) * addresses_a_file;
  if (first >= keys.size()) {
    response.status = 404;
    return;
  }
  std::string xml =
      std::string(xml_head) + "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n";
  for (std::size_t i = first; i < std::min(keys.size(), first + addresses_a_file); ++i)
    xml += "<url><loc>" + base + "/leistung/" + keys[i].text() + "</loc></url>\n";
  send(response, xml + "</urlset>\n", xml_type);
}

std::string opensearch(const std::string& base) {
  return std::string(xml_head) +
         "<OpenSearchDescription xmlns=\"http://a9.com/-/spec/opensearch/1.1/\">\n"
         "<ShortName>Verwaltung</ShortName>\n"
         "<LongName>Verwaltungssuchmaschine</LongName>\n"
         "<Description>Findet Leistungen der Verwaltung und sagt, wer sie wo anbietet.</Description>\n"
         "<InputEncoding>UTF-8</InputEncoding>\n"
         "<Language>de</Language>\n"
         "<Url type=\"text/html\" template=\"" +
         base +
         "/?q={searchTerms}\"/>\n"
         "<Url type=\"application/json\" template=\"" +
         base +
         "/api/v1/search?q={searchTerms}\"/>\n"
         "</OpenSearchDescription>\n";
}

/// RFC 9309. Searches are without end, and the API is no page.
std::string robots(const std::string& base) {
  std::string text = "User-agent: *\nDisallow: /api/\nDisallow: /?\n";
  if (!base.empty()) text += "\nSitemap: " + base + "/sitemap.xml\n";
  return text;
}

/// RFC 9116.
std::string security(const ServerSettings& settings) {
  std::string text = "Contact: " + settings.security_contact +
                     "\nExpires: " + date_text(today() + security_days) +
                     "T00:00:00Z\nPreferred-Languages: de, en\n";
  if (!settings.site.public_url.empty())
    text += "Canonical: " + settings.site.public_url + "/.well-known/security.txt\n";
  return text;
}

bool is_printable(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 127; }) &&
         text.find_first_of("\"'<>&\\") == std::string::npos;
}

}  // namespace

void add_linked_data(HttpServer& http, SearchEngine& engine, const ServerSettings& settings) {
  const std::string base = settings.site.public_url;
  http.Get("/robots.txt",
           [base](const Request&, Response& response) { send(response, robots(base), text_type); });
  if (!settings.security_contact.empty())
    http.Get("/.well-known/security.txt", [settings](const Request&, Response& response) {
      send(response, security(settings), text_type);
    });
  if (base.empty()) return;
  http.Get("/opensearch.xml", [base](const Request&, Response& response) {
    send(response, opensearch(base), "application/opensearchdescription+xml; charset=utf-8");
  });
  http.Get("/sitemap.xml", [&engine, base](const Request&, Response& response) {
    send_sitemap_index(engine, base, response);
  });
  http.Get(R"(/sitemap-([1-9]\d{0,3})\.xml)", [&engine, base](const Request& request, Response& response) {
    send_sitemap(engine, base, request.matches[1].str(), response);
  });
}

std::string is_public_url(const std::string& url) {
  const std::size_t host = url.starts_with("https://") ? 8 : url.starts_with("http://") ? 7 : 0;
  if (host != 0 && url.size() > host && url.back() != '/' && is_printable(url) &&
      url.find_first_of("?#") == std::string::npos)
    return {};
  return "das ist keine Adresse wie https://suche.example.de (ohne Schrägstrich am Ende)";
}

std::string is_contact(const std::string& contact) {
  for (const char* scheme : {"mailto:", "https://", "tel:"})
    if (contact.starts_with(scheme) && contact.size() > std::string_view(scheme).size() &&
        is_printable(contact))
      return {};
  return "ein Kontakt beginnt mit mailto:, https:// oder tel:";
}

}  // namespace vsm
