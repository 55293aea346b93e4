import { ImportError } from '../importer.ts'
import type { EcsFields, Imported } from '../importer.ts'
import { endpoint, integer, maxListItems } from '../json-line.ts'
import { secondsTime } from '../times.ts'

/** Records of logins and sessions. */
const authentication =
  /^(?:USER_AUTH|USER_LOGIN|USER_ACCT|USER_ERR|CRED_\w+|USER_START|USER_END|USER_LOGOUT)$/
const account = /^(?:ADD|DEL|GRP|USER)_(?:USER|GROUP|MGMT|CHAUTHTOK)$/
const head = /^(?:node=(\S{1,255}) )?type=([A-Z][A-Z0-9_]{0,63}) msg=audit\((\d{1,12}\.\d{3}):(\d{1,20})\): ?/

/**
 * Records of the Linux audit daemon (`audit.log`), one event each; records of one act share `transaction.id`.
 * Source: audit.rules(7), ausearch(8) and the field dictionary of the audit project.
 */
export function readAuditd(line: string): Imported {
  const match = head.exec(line)
  if (match === null) throw new ImportError('no record of auditd')
  const [start, node, type = '', seconds, serial] = match
  // What the daemon adds in words (log_format = ENRICHED) stands behind a group separator.
  const values = pairs(line.slice(start.length).replaceAll('\x1d', ' '))
  const result = values.get('res') ?? values.get('success')
  const isLogin = authentication.test(type)
  return {
    timeMs: secondsTime(Number(seconds)),
    dataset: 'auditd.log',
    event: {
      category: isLogin ? ['authentication'] : account.test(type) ? ['iam'] : categoryOf(type),
      type: [isLogin ? (type.endsWith('END') || type.endsWith('LOGOUT') ? 'end' : 'start') : 'info'],
      action: (values.get('op') ?? type.toLowerCase()).slice(0, 128),
      outcome: result === undefined ? undefined : outcomes.get(result),
      code: values.get('exit'),
    },
    fields: {
      host: { name: node },
      transaction: { id: `${seconds}:${serial}` },
      ...actorFields(values),
      process: processFields(type, values),
      file: { path: type === 'PATH' ? values.get('name') : undefined },
      rule: { name: values.get('key') },
      auditd: { type: type.toLowerCase(), syscall: values.get('syscall'), tty: values.get('tty') },
    },
  }
}

const outcomes: ReadonlyMap<string, 'success' | 'failure'> = new Map([
  ['success', 'success'],
  ['yes', 'success'],
  ['1', 'success'],
  ['failed', 'failure'],
  ['no', 'failure'],
  ['0', 'failure'],
])

function categoryOf(type: string): readonly string[] {
  if (type === 'PATH' || type === 'CWD') return ['file']
  return /^(?:SYSCALL|EXECVE|PROCTITLE|ANOM_)/.test(type) ? ['process'] : ['host']
}

/** Fields whose bare value is hexadecimal; those of system calls (a0 to a3) are numbers and stay as they are. */
const encoded = /^(?:acct|cmd|comm|cwd|exe|key|name|path|proctitle|a\d{1,4})$/

/**
 * The text of a bare value: what a user can choose is written as upper-case hexadecimal when it holds quotes, spaces or
 * control characters, and in double quotes, as it is, when it does not.
 */
function chosen(name: string, bare: string): string {
  const isHex = encoded.test(name) && bare.length >= 2 && bare.length % 2 === 0 && /^[0-9A-F]+$/.test(bare)
  // A short number is more likely a number than hidden text.
  return isHex && !/^\d{1,6}$/.test(bare) ? Buffer.from(bare, 'hex').toString('utf8') : bare
}

/** `name=value` pairs; values are bare, in double quotes, or (`msg=`) pairs themselves in single quotes. */
function pairs(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  const pattern = /([\w-]{1,64})=(?:"([^"]*)"|'([^']*)'|(\S*))/g
  for (const [, name = '', quoted, inner, bare] of text.slice(0, 65_536).matchAll(pattern)) {
    if (values.size >= 256) break
    if (inner === undefined) values.set(name, quoted ?? chosen(name, bare?.replace(/['"]$/, '') ?? ''))
    else for (const [key, value] of pairs(inner)) values.set(key, value)
  }
  for (const [name, value] of values)
    if (value === '?' || value === '(null)' || value === '') values.delete(name)
  return values
}

function actorFields(values: ReadonlyMap<string, string>): EcsFields {
  const address = values.get('addr')
  return {
    source: endpoint(address ?? values.get('hostname')),
    user: {
      id: values.get('uid'),
      // With enriched records the daemon names the user itself.
      name: values.get('acct') ?? values.get('UID'),
      audit: { id: values.get('auid') === '4294967295' ? undefined : values.get('auid') },
      effective: { id: values.get('euid') },
    },
  }
}

function processFields(type: string, values: ReadonlyMap<string, string>): EcsFields {
  const args = type === 'EXECVE' ? argumentsOf(values) : undefined
  const title = type === 'PROCTITLE' ? values.get('proctitle')?.replaceAll('\0', ' ') : undefined
  return {
    pid: integer(values.get('pid')),
    parent: { pid: integer(values.get('ppid')) },
    name: values.get('comm'),
    executable: values.get('exe'),
    args,
    command_line: title ?? args?.join(' '),
  }
}

function argumentsOf(values: ReadonlyMap<string, string>): readonly string[] {
  const count = Math.min(integer(values.get('argc')) ?? 0, maxListItems)
  return Array.from({ length: count }, (_, at) => values.get(`a${at}`) ?? '')
}
