import { metaOf } from '@sevenfold/behaviour'
import type { BehaviourEvent, LeakyScenario } from '@sevenfold/behaviour'

const bySource = (event: BehaviourEvent): string => metaOf(event, 'source_ip')
const isAccess = (event: BehaviourEvent): boolean => metaOf(event, 'log_type') === 'http_access-log'

/** Names that scanners and attack tools give themselves, in lower case. Nobody browses with them. */
export const attackTools: readonly string[] = [
  'acunetix',
  'arachni',
  'commix',
  'dirbuster',
  'dirsearch',
  'feroxbuster',
  'ffuf',
  'fimap',
  'gobuster',
  'havij',
  'hydra',
  'jorgee',
  'masscan',
  'nessus',
  'netsparker',
  'nikto',
  'nmap scripting engine',
  'nuclei',
  'openvas',
  'qualys',
  'sqlmap',
  'sqlninja',
  'w3af',
  'wfuzz',
  'whatweb',
  'wpscan',
  'xsstrike',
  'zgrab',
  'zmeu',
]

/**
 * Parts of paths, in lower case, that are asked for to use a known hole or to find a file that should not be there. A
 * service that really has one of them is not attacked by its own visitors twice a minute.
 */
export const exploitPaths: readonly string[] = [
  '/.aws/credentials',
  '/.env',
  '/.git/config',
  '/.git/head',
  '/.ssh/id_',
  '/.svn/entries',
  '/_ignition/execute-solution',
  '/actuator/gateway/routes',
  '/actuator/heapdump',
  '/autodiscover/autodiscover.json',
  '/boaform/admin/formlogin',
  '/cgi-bin/.%2e/',
  '/cgi-bin/luci/;stok=',
  '/containers/json',
  '/ecp/default.flt',
  '/hnap1',
  '/hudson/script',
  '/manager/html',
  '/mgmt/tm/util/bash',
  '/owa/auth/x.js',
  '/phpmyadmin/scripts/setup.php',
  '/remote/fgt_lang',
  '/sdk/websubmit',
  '/setup/setupadministrator.action',
  '/solr/admin/info/system',
  '/tmui/login.jsp/..;/',
  '/vendor/phpunit/',
  '/wp-config.php',
  '/wls-wsat/coordinatorporttype',
  'eval-stdin.php',
  '${jndi:',
  '%24%7bjndi:',
]

const has = (text: string, parts: readonly string[]): boolean => {
  const lower = text.toLowerCase()
  return parts.some((part) => lower.includes(part))
}

/** Requests of a tool that is made for attacks. */
export const badUserAgent: LeakyScenario = {
  name: 'sevenfold/bad-user-agent',
  description: 'one source sends requests with a tool that is made for attacks',
  filter: (event) =>
    metaOf(event, 'log_type') === 'http_scanner' ||
    (isAccess(event) && has(metaOf(event, 'http_user_agent'), attackTools)),
  groupBy: bySource,
  capacity: 2,
  leakSpeedMs: 60_000,
  blackholeMs: 60_000,
  scope: 'ip',
  labels: { remediation: true, service: 'http', behavior: 'http:scan', techniques: ['T1595.002'] },
}

/** Requests for known holes: two different ones within minutes are no mistake. */
export const knownExploits: LeakyScenario = {
  name: 'sevenfold/known-exploits',
  description: 'one source asks for paths by which known holes are used',
  filter: (event) => isAccess(event) && has(metaOf(event, 'http_path'), exploitPaths),
  groupBy: bySource,
  distinct: (event) => metaOf(event, 'http_path'),
  capacity: 1,
  leakSpeedMs: 300_000,
  blackholeMs: 60_000,
  scope: 'ip',
  labels: { remediation: true, service: 'http', behavior: 'http:exploit', techniques: ['T1190'] },
}
