// Runs requests of a corpus through libmodsecurity, all five phases, one thread, and prints CPU time by class.
// build: g++ -O2 -o peer peer.cc -lmodsecurity
// usage: peer RULES CORPUS [VERDICTS]  -> one JSON line a class on stdout; VERDICTS gets status and rule ids per request
#include <modsecurity/modsecurity.h>
#include <modsecurity/rule_message.h>
#include <modsecurity/rules_set.h>
#include <modsecurity/transaction.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <utility>
#include <vector>

using modsecurity::ModSecurity;
using modsecurity::ModSecurityIntervention;
using modsecurity::RuleMessage;
using modsecurity::RulesSet;
using modsecurity::Transaction;

struct Request {
  std::string group, method, uri, body;
  std::vector<std::pair<std::string, std::string>> headers;
};

class Reader {
 public:
  explicit Reader(const char *path) {
    std::ifstream in(path, std::ios::binary);
    data_.assign(std::istreambuf_iterator<char>(in), {});
  }
  uint32_t number() {
    uint32_t value;
    std::memcpy(&value, data_.data() + at_, 4);
    at_ += 4;
    return value;
  }
  std::string text() {
    uint32_t size = number();
    at_ += size;
    return data_.substr(at_ - size, size);
  }

 private:
  std::string data_;
  size_t at_ = 0;
};

static std::set<long> *matched = nullptr;

static void on_match(void *, const void *message) {
  if (matched != nullptr && message != nullptr) {
    matched->insert(static_cast<const RuleMessage *>(message)->m_ruleId);
  }
}

static const std::string response =
    "{\"ok\":true,\"id\":481516,\"items\":[{\"name\":\"garden chair\",\"price\":19.99}],\"next\":null,\"took\":7}";

static bool stopped(Transaction *transaction, int *status) {
  ModSecurityIntervention act;
  std::memset(&act, 0, sizeof act);
  act.status = 200;
  bool hit = transaction->intervention(&act);
  free(act.url);
  free(act.log);
  if (hit && act.disruptive) *status = act.status;
  return hit && act.disruptive;
}

static void steps(Transaction *t, const Request &request, int *status) {
  t->processConnection("192.0.2.7", 34567, "127.0.0.1", 80);
  t->processURI(request.uri.c_str(), request.method.c_str(), "1.1");
  if (stopped(t, status)) return;
  for (auto &header : request.headers) t->addRequestHeader(header.first, header.second);
  t->processRequestHeaders();
  if (stopped(t, status)) return;
  if (!request.body.empty()) {
    t->appendRequestBody(reinterpret_cast<const unsigned char *>(request.body.data()), request.body.size());
    if (stopped(t, status)) return;
  }
  t->processRequestBody();
  if (stopped(t, status)) return;
  t->addResponseHeader("Content-Type", "application/json");
  t->addResponseHeader("Content-Length", std::to_string(response.size()));
  t->processResponseHeaders(200, "HTTP 1.1");
  if (stopped(t, status)) return;
  t->appendResponseBody(reinterpret_cast<const unsigned char *>(response.data()), response.size());
  t->processResponseBody();
  stopped(t, status);
}

static int run(ModSecurity *engine, RulesSet *rules, const Request &request) {
  Transaction transaction(engine, rules, nullptr);
  int status = 0;
  steps(&transaction, request, &status);
  transaction.processLogging();
  return status;
}

static double cpu_us() {
  timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return now.tv_sec * 1e6 + now.tv_nsec / 1e3;
}

int main(int count, char **arguments) {
  if (count < 3) return 2;
  ModSecurity engine;
  engine.setConnectorInformation("sevenfold bench");
  engine.setServerLogCb(on_match, modsecurity::RuleMessageLogProperty);
  RulesSet rules;
  if (rules.loadFromUri(arguments[1]) < 0) {
    std::fprintf(stderr, "%s\n", rules.getParserError().c_str());
    return 1;
  }
  Reader reader(arguments[2]);
  std::vector<Request> requests(reader.number());
  for (auto &request : requests) {
    request.group = reader.text();
    request.method = reader.text();
    request.uri = reader.text();
    int headers = std::atoi(reader.text().c_str());
    for (int header = 0; header < headers; header++) {
      std::string name = reader.text();
      request.headers.emplace_back(name, reader.text());
    }
    request.body = reader.text();
  }
  if (count > 3) {
    std::ofstream out(arguments[3]);
    for (auto &request : requests) {
      std::set<long> ids;
      matched = &ids;
      int status = run(&engine, &rules, request);
      out << "{\"status\":" << status << ",\"rules\":[";
      const char *gap = "";
      for (long id : ids) {
        out << gap << id;
        gap = ",";
      }
      out << "]}\n";
    }
    matched = nullptr;
    return 0;
  }
  for (size_t at = 0; at < requests.size();) {
    size_t end = at;
    double start = cpu_us();
    while (end < requests.size() && requests[end].group == requests[at].group) run(&engine, &rules, requests[end++]);
    std::printf("{\"class\":\"%s\",\"us\":%.2f}\n", requests[at].group.c_str(), (cpu_us() - start) / (end - at));
    at = end;
  }
}
