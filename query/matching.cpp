#include "query/matching.h"

#include <algorithm>
#include <array>
#include <functional>
#include <span>
#include <tuple>
#include <utility>

namespace vsm {
namespace {

constexpr std::size_t results_considered = 1'000;

/// Services that people ask for most have texts of their own; among equals they lead.
constexpr double own_text_bonus = 0.06, current_bonus = 0.05, retired_malus = -0.25;
/// Who names a thing alone mostly wants to get it: among equals that leads, before changing or renewing it.
constexpr double first_step_bonus = 0.08;
/// The general variant, and one that people ask for most, leads its group unless another fits the query
/// clearly better.
constexpr double general_variant_lead = 1.05, asked_variant_lead = 1.06;
/// A service that reaches less than this share of the best one's score is no answer to the same question.
constexpr double weakest_share = 0.3;
/// What a service counts at a place where nobody publishes a text of it: little where some texts in view come
/// without key, for one of those may well be about it. And what it counts where such a text speaks of it.
constexpr double unpublished_share = 0.85, unpublished_share_with_keyless = 0.4, spoken_for_share = 0.4;
/// Of several texts of one service the one that fits the query leads, among so many results.
constexpr std::size_t leads_chosen = 100;

/// Erteilung, Festsetzung, Erlaubnis, Genehmigung, Zulassung, Ausstellung, Anerkennung, Bewilligung,
/// Durchführung, Gewährung, Anmeldung: the Verrichtungen by which a thing is first had.
bool is_first_step(ServiceKey key) {
  static constexpr std::array<unsigned, 11> codes = {1, 2, 5, 6, 7, 12, 16, 17, 58, 80, 104};
  return std::find(codes.begin(), codes.end(), key.verrichtung()) != codes.end();
}

/// Counts a matching key for its service, which scores as its best key does.
void score_key(Candidate& candidate, ServiceKey key, Fit fit) {
  const auto known = std::find_if(candidate.keys.begin(), candidate.keys.end(),
                                  [&](const auto& k) { return k.first == key; });
  if (known == candidate.keys.end())
    candidate.keys.emplace_back(key, fit);
  else if (fit.score > known->second.score)
    known->second = fit;
  candidate.score = std::max(candidate.score, fit.score);
}

}  // namespace

Matching::Matching(const IndexReader& reader, const RevisionLens& lens, const language::Analyzer& analyzer,
                   const View& view, const SearchRequest& request, const Understood& understood)
    : reader_(reader),
      lens_(lens),
      analyzer_(analyzer),
      catalogue_(reader.snapshot().catalogue),
      view_(view),
      request_(request),
      understood_(understood),
      at_town_(view.steps().front().level == Level::gemeinde) {}

std::vector<Candidate> Matching::find() {
  if (understood_.key) {
    by_key(understood_.key);
  } else if (!understood_.words.empty()) {
    by_words();
  } else {
    by_topic();
  }
  return resolve();
}

Candidate& Matching::candidate(std::uint64_t group) {
  const auto [entry, is_new] = position_.emplace(group, candidates_.size());
  if (is_new) {
    candidates_.emplace_back();
    candidates_.back().group = group;
  }
  return candidates_[entry->second];
}

void Matching::by_key(ServiceKey key) {
  if (catalogue_.is_heading(key)) {
    double score = 1'000;
    for (const CatalogueEntry* entry : catalogue_.services_of_object(key.object()))
      score_key(candidate(entry->key.group()), entry->key, {score -= 1, 0});
    return;
  }
  if (view_.nearest(key).docs.empty()) return;
  score_key(candidate(key.group()), key, {1'000, 0});
  double score = 500;
  for (const CatalogueEntry* entry : catalogue_.services_of_object(key.object()))
    if (entry->key.group() != key.group())
      score_key(candidate(entry->key.group()), entry->key, {score -= 1, 0});
}

void Matching::by_topic() {
  const auto topic = catalogue_.find_topic(request_.topic);
  const auto situation = catalogue_.find_situation(request_.situation);
  for (const CatalogueEntry& entry : catalogue_.entries()) {
    if (entry.heading) continue;
    for (std::size_t own : entry.situations) {
      if ((situation && own != *situation) || (topic && catalogue_.situations()[own].topic != *topic))
        continue;
      score_key(candidate(entry.key.group()), entry.key, {1 + prior(entry.key), 0});
    }
  }
}

void Matching::by_words() {
  Units local = local_units();
  const std::size_t general = lens_.units.keys.size();
  view_docs_ = view_.docs();
  const auto units_of_doc = [&](DocId doc, const std::function<void(std::uint32_t)>& visit) {
    const std::uint32_t begin = lens_.first[doc], end = lens_.first[doc + 1];
    for (std::uint32_t i = begin; i < end; ++i) visit(lens_.unit_list[i]);
    if (begin != end) return;
    view_.each_key(doc, [&](const SheetText& entry) {
      lens_.each_service(entry.key, [&](ServiceKey key) { visit(unit_of(key, local)); });
    });
  };
  relevance_.emplace(reader_, lens_.model, analyzer_, view_docs_, general + local.keys.size(), units_of_doc);
  const std::vector<Fit> fits = relevance_->score(understood_, request_.without_rule);
  for (std::uint32_t unit = 0; unit < fits.size(); ++unit) {
    if (fits[unit].score <= 0) continue;
    const ServiceKey key = unit < general ? lens_.units.keys[unit] : local.keys[unit - general];
    Candidate& its = candidate(key.group());
    const double before = its.score;
    score_key(its, key, {fits[unit].score * (1 + prior(key)), fits[unit].own});
    if (request_.explain && its.score > before) its.evidence = relevance_->explain(unit);
  }
  prefer_published();
  drop_weak();
}

void Matching::prefer_published() {
  const bool keyless = std::any_of(view_.steps().begin(), view_.steps().end(),
                                   [](const Step& step) { return step.area && !step.sheet->kin.empty(); });
  for (Candidate& c : candidates_) {
    std::size_t nearest = view_.steps().size() - 1;
    for (const auto& key : c.keys) nearest = std::min(nearest, view_.nearest(key.first).step);
    if (view_.steps()[nearest].level == Level::katalog) {
      if (keyless)
        c.score *= unpublished_share_with_keyless;
      else if (view_.has_place() || at_town_)
        c.score *= unpublished_share;
    }
    const auto spoken_for = [&](const auto& key) { return is_spoken_for(key.first, nearest); };
    if (std::any_of(c.keys.begin(), c.keys.end(), spoken_for)) c.score *= spoken_for_share;
  }
}

bool Matching::is_spoken_for(ServiceKey key, std::size_t before) const {
  const auto steps = std::span(view_.steps()).first(before);
  return std::any_of(steps.begin(), steps.end(), [&](const Step& step) {
    const auto& kin = step.sheet->kin;
    const auto same = std::lower_bound(kin.begin(), kin.end(), ServiceKey(key.object() * 1'000'000));
    return step.area && same != kin.end() && same->object() == key.object();
  });
}

Units Matching::local_units() const {
  Units local;
  for (const Step& step : view_.steps()) {
    if (step.level >= Level::land) break;
    for (const SheetText& text : step.sheet->texts)
      lens_.each_service(text.key, [&](ServiceKey key) {
        if (!lens_.units.number.contains(key)) local.of(key);
      });
  }
  for (const Step& step : view_.steps())
    for (const SheetText& text : step.sheet->texts)
      if (!text.validity.always() && !lens_.units.number.contains(text.key)) local.of(text.key);
  return local;
}

std::uint32_t Matching::unit_of(ServiceKey key, Units& local) const {
  const auto known = lens_.units.number.find(key);
  if (known != lens_.units.number.end()) return known->second;
  return static_cast<std::uint32_t>(lens_.units.keys.size()) + local.of(key);
}

double Matching::prior(ServiceKey key) const {
  const CatalogueEntry* entry = catalogue_.find(key);
  if (!entry) return 0;
  return (entry->teaser.empty() ? 0 : own_text_bonus) + (is_first_step(key) ? first_step_bonus : 0) +
         (entry->status == "current"   ? current_bonus
          : entry->status == "retired" ? retired_malus
                                       : 0);
}

void Matching::drop_weak() {
  double best = 0;
  for (const Candidate& c : candidates_) best = std::max(best, c.score);
  std::erase_if(candidates_, [&](const Candidate& c) { return c.score < best * weakest_share; });
}

void Matching::lead_with_best_name(std::vector<DocId>& docs) const {
  std::vector<std::pair<double, DocId>> fits;
  for (DocId doc : docs) {
    const ServiceText text = reader_.text(doc);
    fits.emplace_back(
        std::max(relevance_->fit_of_name(text.title), relevance_->fit_of_name(text.official_title)), doc);
  }
  std::stable_sort(fits.begin(), fits.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  std::transform(fits.begin(), fits.end(), docs.begin(), [](const auto& fit) { return fit.second; });
}

std::vector<Candidate> Matching::resolve() {
  const auto fit = [this](const std::pair<ServiceKey, Fit>& key) {
    const double own = key.second.own + 0.01 * key.second.score;
    const CatalogueEntry* entry = catalogue_.find(key.first);
    return own * (key.first.detail() == 0 ? general_variant_lead : 1) *
           (entry && !entry->teaser.empty() ? asked_variant_lead : 1);
  };
  for (Candidate& c : candidates_)
    std::sort(c.keys.begin(), c.keys.end(), [&](const auto& a, const auto& b) {
      return fit(a) != fit(b) ? fit(a) > fit(b) : a.first < b.first;
    });
  std::sort(candidates_.begin(), candidates_.end(), [](const Candidate& a, const Candidate& b) {
    return a.score != b.score ? a.score > b.score : a.group < b.group;
  });
  if (candidates_.size() > results_considered) candidates_.resize(results_considered);
  std::vector<Candidate> resolved;
  std::unordered_map<DocId, std::size_t> shown;
  for (Candidate& c : candidates_) {
    c.lead = c.keys.front().first;
    c.shown = view_.nearest(c.lead);
    if (c.shown.docs.empty()) continue;
    if (relevance_ && c.shown.docs.size() > 1 && resolved.size() < leads_chosen)
      lead_with_best_name(c.shown.docs);
    auto [first, is_new] = shown.emplace(c.shown.docs.front(), resolved.size());
    if (!is_new) {
      // A text under the heading speaks for one service; the others show what is theirs alone.
      View::Found own = view_.nearest(c.lead, 0, false);
      if (!own.docs.empty() && own.docs.front() != c.shown.docs.front()) {
        c.shown = std::move(own);
        std::tie(first, is_new) = shown.emplace(c.shown.docs.front(), resolved.size());
      }
    }
    if (is_new)
      resolved.push_back(std::move(c));
    else
      resolved[first->second].merged.push_back(c.group);
  }
  return resolved;
}

}  // namespace vsm
