import type { Importer, ReadLine } from './importer.ts'
import { accessLogReader, readCaddy } from './formats/access-log.ts'
import { readAuditd } from './formats/auditd.ts'
import { readCef } from './formats/cef.ts'
import { readFalco } from './formats/falco.ts'
import { readKubernetesAudit } from './formats/kubernetes-audit.ts'
import { readModSecurity } from './formats/modsecurity.ts'
import { readOtel } from './formats/otel.ts'
import { readSuricata } from './formats/suricata.ts'
import { readSyslogLine } from './formats/syslog.ts'
import { readWazuh } from './formats/wazuh.ts'
import { openZeek } from './formats/zeek.ts'

const plain = (name: string, about: string, read: ReadLine): Importer => ({ name, about, open: () => read })

/** Every form of logs that can be read, by the name that a source gives. */
export const importers: readonly Importer[] = [
  plain('suricata', 'Suricata: EVE JSON', readSuricata),
  { name: 'zeek', about: 'Zeek: JSON lines, or tab-separated logs with their headers', open: openZeek },
  plain('falco', 'Falco: alerts in JSON', readFalco),
  plain('wazuh', 'Wazuh: alerts.json', readWazuh),
  plain('modsecurity', 'ModSecurity 2 and 3: audit log in JSON', readModSecurity),
  plain('nginx', 'nginx: common or combined access log', accessLogReader('nginx')),
  plain('apache', 'Apache: common, combined or vhost_combined access log', accessLogReader('apache')),
  plain('caddy', 'Caddy: access log in JSON', readCaddy),
  plain('kubernetes', 'Kubernetes: audit events', readKubernetesAudit),
  plain('auditd', 'Linux audit daemon: audit.log', readAuditd),
  plain('cef', 'Common Event Format', readCef),
  plain('otel', 'OpenTelemetry: log records', readOtel),
  plain('syslog', 'syslog, or any lines of text', readSyslogLine),
]

/** The importer of a name. */
export function findImporter(name: string): Importer | undefined {
  return importers.find((importer) => importer.name === name)
}
