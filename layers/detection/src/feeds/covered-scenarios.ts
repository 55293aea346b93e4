/** A scenario that a network sensor in use covers better, and what to do about it. */
export interface CoveredScenario {
  readonly scenario: string
  readonly sensor: 'suricata' | 'zeek'
  /** What of the sensor does it. */
  readonly by: string
  readonly proposal: string
}

/** Log types and file names by which a source shows that it comes from a sensor. */
const sensors = [
  { sensor: 'suricata', sign: /suricata|\beve(?:[-_.]?json|\.log)?\b|fast\.log/i },
  { sensor: 'zeek', sign: /zeek|\bbro\b|notice\.log|conn\.log/i },
] as const

/** What sensors cover: scenarios by name, and by what. Names of the hub of CrowdSec. */
const cover: readonly { readonly scenario: RegExp; readonly suricata?: string; readonly zeek?: string }[] = [
  {
    scenario: /(?:iptables|portsentry|pf|opnsense|windows-fw|cisco).*(?:scan|multi_ports)|port-?scan/,
    suricata: 'rules ET SCAN',
    zeek: 'policy misc/scan (Scan::Port_Scan)',
  },
  {
    scenario:
      /^crowdsecurity\/(?:http-cve|CVE-|fortinet-cve|f5-big-ip-cve|grafana-cve|jira_cve|pulse-secure-sslvpn-cve|thinkphp-cve|vmware-|spring4shell|apache_log4j2|netgear_rce|ltsich-http-w00t)/i,
    suricata: 'rules ET EXPLOIT and ET WEB_SPECIFIC_APPS, where TLS ends before the sensor',
  },
  {
    scenario:
      /^crowdsecurity\/http-(?:sqli|xss)-probing|^crowdsecurity\/http-path-traversal|^crowdsecurity\/http-backdoors/,
    suricata: 'rules ET WEB_SERVER, where TLS ends before the sensor',
    zeek: 'policy protocols/http/detect-sqli, where TLS ends before the sensor',
  },
  {
    scenario: /\/ssh-(?:slow-)?bf(?:_user-enum)?$/,
    zeek: 'policy protocols/ssh/detect-bruteforcing (SSH::Password_Guessing)',
  },
  {
    scenario: /\/(?:vsftpd|proftpd|pureftpd)-bf$/,
    zeek: 'policy protocols/ftp/detect-bruteforcing (FTP::Bruteforcing)',
  },
]

/**
 * Scenarios whose work Suricata or Zeek does already, judged by the sources that are read: two alerts for one attack are one too many.
 * They are named with a proposal and never switched off by themselves: a sensor sees nothing inside TLS.
 */
export function coveredScenarios(
  sources: readonly string[],
  scenarios: readonly string[],
): readonly CoveredScenario[] {
  const present = sensors
    .filter(({ sign }) => sources.some((source) => sign.test(source)))
    .map(({ sensor }) => sensor)
  return scenarios.flatMap((scenario) => {
    const known = cover.find((entry) => entry.scenario.test(scenario))
    const sensor = present.find((one) => known?.[one] !== undefined)
    const by = sensor === undefined ? undefined : known?.[sensor]
    if (sensor === undefined || by === undefined) return []
    return [
      {
        scenario,
        sensor,
        by,
        proposal: `${sensor} does this by ${by}: put ${scenario} under detection.simulation.scenarios, and remove it after a week without a difference`,
      },
    ]
  })
}
