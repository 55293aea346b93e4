import type { Listed } from './command.ts'

/**
 * Every command, in the order of the help. Names and summaries stand here so that help needs no command's code;
 * a test compares them with the commands.
 */
export const commands: readonly Listed[] = [
  {
    name: 'init',
    summary: 'write a commented sevenfold.yaml for a service of yours',
    load: async () => (await import('../commands/init.ts')).init,
  },
  {
    name: 'up',
    summary: 'start every part and keep it running, in the foreground',
    load: async () => (await import('../commands/up.ts')).up,
  },
  {
    name: 'status',
    summary: 'show every part: state, mode, canary, memory, addresses',
    load: async () => (await import('../commands/status.ts')).status,
  },
  {
    name: 'why',
    summary: 'show what happened to one request, step by step',
    load: async () => (await import('../commands/why.ts')).why,
  },
  {
    name: 'fix',
    summary: 'let a request pass that was blocked by mistake, for a time, as narrowly as can be',
    load: async () => (await import('../commands/fix.ts')).fix,
  },
  {
    name: 'events',
    summary: 'show events of the ledger, the newest last',
    load: async () => (await import('../commands/events.ts')).events,
  },
  {
    name: 'prove',
    summary: 'attack the demo shop with each layer switched off, and count what still stops it',
    load: async () => (await import('../commands/prove.ts')).prove,
  },
  {
    name: 'detect hubtest',
    summary: "run the hub's own tests of parsers, scenarios and AppSec rules",
    load: async () => (await import('../commands/detect-hubtest.ts')).detectHubtest,
  },
  {
    name: 'detect replay',
    summary: 'run a log file through hub rules on the time of its lines',
    load: async () => (await import('../commands/detect-replay.ts')).detectReplay,
  },
  {
    name: 'detect explain',
    summary: 'show what each hub rule makes of a log line',
    load: async () => (await import('../commands/detect-explain.ts')).detectExplain,
  },
  {
    name: 'detect bench',
    summary: 'measure how fast hub rules are on a log file, and what each scenario costs',
    load: async () => (await import('../commands/detect-bench.ts')).detectBench,
  },
  {
    name: 'detect top',
    summary: 'show the hub scenarios of the running detection layer, the costliest first',
    load: async () => (await import('../commands/detect-top.ts')).detectTop,
  },
  {
    name: 'detect import-fail2ban',
    summary: 'carry jails, filters and ignored addresses of fail2ban over, and say what could not be',
    load: async () => (await import('../commands/detect-import-fail2ban.ts')).detectImportFail2ban,
  },
  {
    name: 'detect import-crowdsec',
    summary: 'carry rules, profiles, whitelists and decisions of CrowdSec over, and say what could not be',
    load: async () => (await import('../commands/detect-import-crowdsec.ts')).detectImportCrowdsec,
  },
  {
    name: 'incidents list',
    summary: 'show what deserves a person: incidents, the gravest first',
    load: async () => (await import('../commands/incidents-list.ts')).incidentsList,
  },
  {
    name: 'incidents show',
    summary: 'show one incident with its runbook: what it means, the first minutes, how to confirm and undo',
    load: async () => (await import('../commands/incidents-show.ts')).incidentsShow,
  },
  {
    name: 'incidents verdict',
    summary: 'say what an incident was; benign and noise write a Sigma filter with an end',
    load: async () => (await import('../commands/incidents-verdict.ts')).incidentsVerdict,
  },
  {
    name: 'incidents close',
    summary: 'close an incident that is dealt with, or open it again',
    load: async () => (await import('../commands/incidents-close.ts')).incidentsClose,
  },
  {
    name: 'incidents load',
    summary: 'show what each rule cost in the last week: alerts, incidents, verdicts, minutes',
    load: async () => (await import('../commands/incidents-load.ts')).incidentsLoad,
  },
  {
    name: 'incidents filters',
    summary: 'show what verdicts hide and until when, or take one back',
    load: async () => (await import('../commands/incidents-filters.ts')).incidentsFilters,
  },
  {
    name: 'playbooks list',
    summary: 'show playbooks, what they run on, and their last runs',
    load: async () => (await import('../commands/playbooks-list.ts')).playbooksList,
  },
  {
    name: 'playbooks run',
    summary: 'run a playbook on an incident, or only show what it would do',
    load: async () => (await import('../commands/playbooks-run.ts')).playbooksRun,
  },
  {
    name: 'playbooks decide',
    summary: 'approve or reject a run that waits, or take back what a run did',
    load: async () => (await import('../commands/playbooks-decide.ts')).playbooksDecide,
  },
  {
    name: 'playbooks export',
    summary: 'print a playbook as CACAO 2.0, for other tools',
    load: async () => (await import('../commands/playbooks-export.ts')).playbooksExport,
  },
  {
    name: 'playbooks import',
    summary: 'print a CACAO 2.0 playbook as one of ours; what it cannot say is refused by name',
    load: async () => (await import('../commands/playbooks-import.ts')).playbooksImport,
  },
  {
    name: 'silence plan',
    summary: 'announce that a part will be silent, so that nobody is woken; or show what is announced',
    load: async () => (await import('../commands/silence-plan.ts')).silencePlan,
  },
  {
    name: 'depends',
    summary: 'list what two or more layers share, and which single failure takes several of them down',
    load: async () => (await import('../commands/depends.ts')).depends,
  },
  {
    name: 'attack-map',
    summary: 'show which layers meet which ATT&CK technique, and through which most attacks lead',
    load: async () => (await import('../commands/attack-map.ts')).attackMap,
  },
  {
    name: 'watch',
    summary: 'watch a house from another host: an alarm when it falls silent or its ledger goes back',
    load: async () => (await import('../commands/watch.ts')).watch,
  },
  {
    name: 'drill',
    summary: 'kill, freeze, mute and roll back the parts of a demo, and measure until each is an incident',
    load: async () => (await import('../commands/drill.ts')).drill,
  },
  {
    name: 'decisions list',
    summary: 'show active decisions: who is banned, why, and how long',
    load: async () => (await import('../commands/decisions-list.ts')).decisionsList,
  },
  {
    name: 'decisions add',
    summary: 'ban an address or a range by hand, or allow one',
    load: async () => (await import('../commands/decisions-add.ts')).decisionsAdd,
  },
  {
    name: 'decisions delete',
    summary: 'end decisions before their time',
    load: async () => (await import('../commands/decisions-delete.ts')).decisionsDelete,
  },
  {
    name: 'decisions held',
    summary: 'show bans that a limit held back, because too many came at once; each is forgotten after a day',
    load: async () => (await import('../commands/decisions-held.ts')).decisionsHeld,
  },
  {
    name: 'decisions release',
    summary: 'make bans that a limit held back',
    load: async () => (await import('../commands/decisions-held-act.ts')).decisionsHeldAct('release'),
  },
  {
    name: 'decisions drop',
    summary: 'forget bans that a limit held back',
    load: async () => (await import('../commands/decisions-held-act.ts')).decisionsHeldAct('drop'),
  },
  {
    name: 'decisions import',
    summary: 'make many decisions at once, from a list, a CSV or a JSON file',
    load: async () => (await import('../commands/decisions-import.ts')).decisionsImport,
  },
  {
    name: 'decisions export',
    summary: 'print active decisions as a list, as CSV or as JSON, to be imported elsewhere',
    load: async () => (await import('../commands/decisions-export.ts')).decisionsExport,
  },
  {
    name: 'bouncers list',
    summary: 'show who may read decisions',
    load: async () => (await import('../commands/bouncers-list.ts')).bouncersList,
  },
  {
    name: 'bouncers add',
    summary: 'let a bouncer read decisions; its key is shown this once',
    load: async () => (await import('../commands/bouncers-add.ts')).bouncersAdd,
  },
  {
    name: 'bouncers delete',
    summary: 'take back the key of a bouncer',
    load: async () => (await import('../commands/bouncers-delete.ts')).bouncersDelete,
  },
  {
    name: 'machines list',
    summary: 'show who may report alerts, who waits to be accepted, and when each was last there',
    load: async () => (await import('../commands/machines-list.ts')).machinesList,
  },
  {
    name: 'machines add',
    summary: 'let a CrowdSec agent report alerts; its password is shown this once',
    load: async () => (await import('../commands/machines-add.ts')).machinesAdd,
  },
  {
    name: 'machines accept',
    summary: 'accept a machine that registered itself',
    load: async () => (await import('../commands/machines-change.ts')).machinesAccept,
  },
  {
    name: 'machines trust',
    summary: 'let the word of a machine about addresses count without the edge, or take that back',
    load: async () => (await import('../commands/machines-change.ts')).machinesTrust,
  },
  {
    name: 'machines delete',
    summary: 'take back the password and the tokens of a machine',
    load: async () => (await import('../commands/machines-change.ts')).machinesDelete,
  },
  {
    name: 'allowlists list',
    summary: 'show the lists of addresses that nobody bans, or what is on one of them',
    load: async () => (await import('../commands/allowlists.ts')).allowlistsList,
  },
  {
    name: 'allowlists create',
    summary: 'make a list of addresses that nobody bans',
    load: async () => (await import('../commands/allowlists.ts')).allowlistsCreate,
  },
  {
    name: 'allowlists add',
    summary: 'put addresses or ranges on a list; bans on them end at once',
    load: async () => (await import('../commands/allowlists.ts')).allowlistsAdd,
  },
  {
    name: 'allowlists remove',
    summary: 'take addresses or ranges from a list',
    load: async () => (await import('../commands/allowlists.ts')).allowlistsRemove,
  },
  {
    name: 'allowlists check',
    summary: 'say whether an address or a range is allowed, and by which list',
    load: async () => (await import('../commands/allowlists.ts')).allowlistsCheck,
  },
  {
    name: 'allowlists delete',
    summary: 'remove a list of addresses that nobody bans',
    load: async () => (await import('../commands/allowlists.ts')).allowlistsDelete,
  },
  {
    name: 'feeds list',
    summary: 'show the threat feeds and what waits for approval',
    load: async () => (await import('../commands/feeds-list.ts')).feedsList,
  },
  {
    name: 'feeds refresh',
    summary: 'look at a threat feed now',
    load: async () => (await import('../commands/feeds-act.ts')).feedsAct('refresh'),
  },
  {
    name: 'feeds approve',
    summary: 'take an update of a threat feed that waits, because it is large',
    load: async () => (await import('../commands/feeds-act.ts')).feedsAct('approve'),
  },
  {
    name: 'feeds reject',
    summary: 'drop an update of a threat feed that waits',
    load: async () => (await import('../commands/feeds-act.ts')).feedsAct('reject'),
  },
  {
    name: 'feeds rollback',
    summary: 'go back to what a threat feed said before its last update',
    load: async () => (await import('../commands/feeds-act.ts')).feedsAct('rollback'),
  },
  {
    name: 'feeds reporters',
    summary: 'show who reports to the exchange of this installation, how much, and who is not believed',
    load: async () => (await import('../commands/feeds-reporters.ts')).feedsReporters,
  },
  {
    name: 'feeds pardon',
    summary: 'forget what a reporter told the exchange, and believe it again',
    load: async () => (await import('../commands/feeds-pardon.ts')).feedsPardon,
  },
  {
    name: 'feeds identity',
    summary: 'show the public key by which an exchange knows the signals of this installation',
    load: async () => (await import('../commands/feeds-identity.ts')).feedsIdentity,
  },
  {
    name: 'mode',
    summary: 'set the mode of a layer, or of one of its sites, while it runs',
    load: async () => (await import('../commands/mode.ts')).mode,
  },
  {
    name: 'reload',
    summary: 'let what runs take a changed configuration, as a whole or not at all',
    load: async () => (await import('../commands/reload.ts')).reload,
  },
  {
    name: 'console link',
    summary: 'make a link that logs into the console once, within ten minutes',
    load: async () => (await import('../commands/console-link.ts')).consoleLink,
  },
  {
    name: 'enrol',
    summary: 'make a layer of this host a member of an installation, with a token from there',
    load: async () => (await import('../commands/enrol.ts')).enrol,
  },
  {
    name: 'enrol token',
    summary: 'make a token with which one layer of another host can join, once and soon',
    load: async () => (await import('../commands/enrol-token.ts')).enrolToken,
  },
  {
    name: 'enrol list',
    summary: 'show which hosts are enrolled, until when, and which tokens are open',
    load: async () => (await import('../commands/enrol-list.ts')).enrolList,
  },
  {
    name: 'enrol renew',
    summary: 'get new certificates for this host now, instead of at half of their life',
    load: async () => (await import('../commands/enrol-renew.ts')).enrolRenew,
  },
  {
    name: 'enrol revoke',
    summary: 'end the membership of a host, or of one of its layers, within seconds',
    load: async () => (await import('../commands/enrol-revoke.ts')).enrolRevoke,
  },
  {
    name: 'ledger verify',
    summary: 'check the whole ledger: nothing edited, dropped, reordered, cut off or rolled back',
    load: async () => (await import('../commands/ledger-verify.ts')).ledgerVerify,
  },
  {
    name: 'ledger tail',
    summary: 'print the newest entries of the ledger with their numbers',
    load: async () => (await import('../commands/ledger-tail.ts')).ledgerTail,
  },
  {
    name: 'ledger export',
    summary: 'write every entry to standard output, one a line, byte for byte as it was signed',
    load: async () => (await import('../commands/ledger-export.ts')).ledgerExport,
  },
  {
    name: 'ledger forget',
    summary: 'erase what is personal in the entries of a day, for good; all hashes and proofs stay valid',
    load: async () => (await import('../commands/ledger-forget.ts')).ledgerForget,
  },
  {
    name: 'ledger keys rotate',
    summary: 'give the log a new key; whoever has an older one is led to it',
    load: async () => (await import('../commands/ledger-keys.ts')).ledgerKeysRotate,
  },
  {
    name: 'ledger keys revoke',
    summary: 'give the log a new key because the old one may be in other hands',
    load: async () => (await import('../commands/ledger-keys.ts')).ledgerKeysRevoke,
  },
  {
    name: 'ledger keys list',
    summary: 'list the keys that the log had, the newest last',
    load: async () => (await import('../commands/ledger-keys.ts')).ledgerKeysList,
  },
  {
    name: 'ledger prove',
    summary: 'write the receipt of an entry: shows to anybody that it is in the ledger',
    load: async () => (await import('../commands/ledger-prove.ts')).ledgerProve,
  },
  {
    name: 'ledger receipt',
    summary: 'verify the receipt of an entry, without the ledger',
    load: async () => (await import('../commands/ledger-receipt.ts')).ledgerReceipt,
  },
  {
    name: 'waf eval',
    summary: 'judge requests from standard input by SecLang rules, one JSON object a line',
    load: async () => (await import('../commands/waf-eval.ts')).wafEval,
  },
  {
    name: 'waf explain',
    summary: 'show why rules match a request, and the least exclusion that would keep them quiet',
    load: async () => (await import('../commands/waf-explain.ts')).wafExplain,
  },
  {
    name: 'waf lint',
    summary: 'find rules that can never match, miss a phase, are slow, or exclude nothing',
    load: async () => (await import('../commands/waf-lint.ts')).wafLint,
  },
  {
    name: 'waf learn',
    summary: 'propose exact exclusions from traffic known to be benign, with what each would let through',
    load: async () => (await import('../commands/waf-learn.ts')).wafLearn,
  },
  {
    name: 'waf coverage',
    summary: 'count on how many requests of standard input each rule fires, and which never do',
    load: async () => (await import('../commands/waf-coverage.ts')).wafCoverage,
  },
  {
    name: 'waf bench',
    summary: 'measure how many requests the rules judge in a second of CPU time on this machine',
    load: async () => (await import('../commands/waf-bench.ts')).wafBench,
  },
  {
    name: 'waf unit',
    summary: 'answer operator, transformation and detector cases from standard input, one JSON object a line',
    load: async () => (await import('../commands/waf-unit.ts')).wafUnit,
  },
  {
    name: 'waf ftw',
    summary: 'run regression tests of the Core Rule Set, one JSON object a test',
    load: async () => (await import('../commands/waf-ftw.ts')).wafFtw,
  },
  {
    name: 'rules install',
    summary: 'copy a Core Rule Set into the data folder, checked against a pinned digest',
    load: async () => (await import('../commands/rules-install.ts')).rulesInstall,
  },
  {
    name: 'rules rollback',
    summary: 'put back the rule set before the last installation',
    load: async () => (await import('../commands/rules-rollback.ts')).rulesRollback,
  },
  {
    name: 'edge learn',
    summary: 'draft an OpenAPI document from the requests that a site answered well',
    load: async () => (await import('../commands/edge-learn.ts')).edgeLearn,
  },
  {
    name: 'edge drift',
    summary: 'show where the traffic of a site and its OpenAPI document differ',
    load: async () => (await import('../commands/edge-drift.ts')).edgeDrift,
  },
  {
    name: 'edge csp',
    summary: 'propose a Content-Security-Policy from what browsers reported',
    load: async () => (await import('../commands/edge-csp.ts')).edgeCsp,
  },
  {
    name: 'search',
    summary: 'find stored events by a filter, count them over time, or by the values of a field',
    load: async () => (await import('../commands/search.ts')).search,
  },
  {
    name: 'search export',
    summary: 'write the stored events that match a filter to a file, as NDJSON or Parquet',
    load: async () => (await import('../commands/search-export.ts')).searchExport,
  },
  {
    name: 'search save',
    summary: 'keep a filter under a name, for the console and search --saved',
    load: async () => (await import('../commands/search-saved.ts')).searchSave,
  },
  {
    name: 'search list',
    summary: 'list the filters that were kept',
    load: async () => (await import('../commands/search-saved.ts')).searchList,
  },
  {
    name: 'search delete',
    summary: 'forget a filter that was kept',
    load: async () => (await import('../commands/search-saved.ts')).searchDelete,
  },
  {
    name: 'logs map',
    summary: 'show what lines of another program become',
    load: async () => (await import('../commands/logs-map.ts')).logsMap,
  },
  {
    name: 'sigma eval',
    summary: 'match events from standard input against Sigma rules, one JSON object a line',
    load: async () => (await import('../commands/sigma-eval.ts')).sigmaEval,
  },
  {
    name: 'sigma test',
    summary: 'run Sigma rules over the stored events: what each would have matched',
    load: async () => (await import('../commands/sigma-test.ts')).sigmaTest,
  },
  {
    name: 'config check',
    summary: 'report everything that is wrong with a configuration, with places',
    load: async () => (await import('../commands/config-check.ts')).configCheck,
  },
  {
    name: 'config show',
    summary: 'print what each part will run with',
    load: async () => (await import('../commands/config-show.ts')).configShow,
  },
  {
    name: 'config schema',
    summary: 'print the JSON Schema of sevenfold.yaml, or its reference in Markdown',
    load: async () => (await import('../commands/config-schema.ts')).configSchema,
  },
  {
    name: 'version',
    summary: 'print the versions of sevenfold and node',
    load: async () => (await import('../commands/version.ts')).version,
  },
]
