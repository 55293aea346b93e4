// A private CrowdSec of the version installed here: its own folders, no Central API, nothing of the system touched.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const hub = '/usr/share/crowdsec/hub'
const data = '/usr/share/crowdsec/data'
const patterns = '/etc/crowdsec/patterns'
const collections = ['base-http-scenarios', 'sshd', 'nginx', 'http-cve']
/** Parsers of the comparison. */
export const parsers: readonly string[] = [
  's00-raw/crowdsecurity/syslog-logs',
  's01-parse/crowdsecurity/sshd-logs',
  's01-parse/crowdsecurity/nginx-logs',
  's02-enrich/crowdsecurity/dateparse-enrich',
  's02-enrich/crowdsecurity/http-logs',
]

/** What is missing for a comparison; undefined when nothing is. */
export function missingPeer(): string | undefined {
  for (const path of [hub, data, patterns]) if (!existsSync(path)) return `${path} (of the crowdsec package)`
  const version = spawnSync('crowdsec', ['-version'], { encoding: 'utf8' })
  return version.error === undefined ? undefined : 'the program crowdsec'
}

/** Version of the peer. */
export function peerVersion(): string {
  const { stdout, stderr } = spawnSync('crowdsec', ['-version'], { encoding: 'utf8' })
  return /version: (\S+)/u.exec(stdout + stderr)?.[1] ?? 'of unknown version'
}

/** Scenarios that the collections of the comparison name and that the package brings along. */
function scenarioFiles(): readonly string[] {
  return collections.flatMap((name) => {
    const text = readFileSync(join(hub, 'collections', 'crowdsecurity', `${name}.yaml`), 'utf8')
    const section = /^scenarios:\n((?:[ ]*-.*\n?|[ ]*#.*\n)*)/mu.exec(text)?.[1] ?? ''
    return [...section.matchAll(/-\s*([\w.-]+\/[\w.-]+)\s*$/gmu)].map(([, item = '']) =>
      join(hub, 'scenarios', `${item}.yaml`),
    )
  })
}

/** Lays the peer out in a folder; the same rules, patterns and data are then given to us. */
export function layOutPeer(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
  const etc = join(folder, 'etc')
  for (const part of ['scenarios', 'postoverflows', 'notifications', 'plugins', 'hub', 'log'])
    mkdirSync(join(etc, part), { recursive: true })
  cpSync(patterns, join(etc, 'patterns'), { recursive: true })
  cpSync(data, join(etc, 'data'), { recursive: true })
  cpSync(join(data, 'path_traversal.txt'), join(etc, 'data', 'http_path_traversal.txt'))
  cpSync(join(hub, '.index.json'), join(etc, 'hub', '.index.json'))
  for (const part of readdirSync(hub)) cpSync(join(hub, part), join(etc, 'hub', part), { recursive: true })
  for (const parser of parsers) {
    const [stage = '', , name = ''] = parser.split('/')
    mkdirSync(join(etc, 'parsers', stage), { recursive: true })
    cpSync(join(hub, 'parsers', `${parser}.yaml`), join(etc, 'parsers', stage, `${name}.yaml`))
  }
  for (const file of scenarioFiles())
    if (existsSync(file)) cpSync(file, join(etc, 'scenarios', file.split('/').at(-1) ?? ''))
  writeConfig(etc)
}

/** A port of the loopback that nobody listens on now. */
function freePort(): number {
  const script =
    "const s = require('node:net').createServer().listen(0, '127.0.0.1', () => { console.log(s.address().port); s.close() })"
  return Number(spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' }).stdout)
}

function writeConfig(etc: string): void {
  const config = `common: {daemonize: false, log_media: stdout, log_level: info, log_dir: ${etc}/log/, working_dir: .}
config_paths: {config_dir: ${etc}/, data_dir: ${etc}/data/, simulation_path: ${etc}/simulation.yaml, hub_dir: ${etc}/hub/, index_path: ${etc}/hub/.index.json, notification_dir: ${etc}/notifications/, plugin_dir: ${etc}/plugins/}
crowdsec_service: {acquisition_path: ${etc}/acquis.yaml, parser_routines: 1}
cscli: {output: human}
db_config: {log_level: error, type: sqlite, db_path: ${etc}/data/crowdsec.db, use_wal: true}
api:
  client: {insecure_skip_verify: false, credentials_path: ${etc}/local_api_credentials.yaml}
  server: {log_level: error, listen_uri: 127.0.0.1:${freePort()}, profiles_path: ${etc}/profiles.yaml, console_path: ${etc}/console.yaml}
prometheus: {enabled: false}
`
  const profile = `name: default_ip_remediation
filters: ['Alert.Remediation == true && Alert.GetScope() == "Ip"']
decisions: [{type: ban, duration: 4h}]
on_success: break
`
  const files = {
    'config.yaml': config,
    'profiles.yaml': profile,
    'simulation.yaml': 'simulation: false\n',
    'acquis.yaml': '',
    'console.yaml': '{}\n',
    'local_api_credentials.yaml': '',
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(etc, name), text)
}

/** A run of a program: what it printed and the CPU seconds it used. */
export interface Run {
  readonly cpuSeconds: number
  readonly output: string
}

/** Runs a program to its end and measures it. */
export function timed(command: readonly string[], seconds: number): Run {
  const script = 'TIMEFORMAT="cpu %U %S"; time "$@"'
  const { stdout, stderr } = spawnSync(
    'bash',
    ['-c', script, 'bash', 'timeout', String(seconds), ...command],
    {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    },
  )
  const [, user = '0', system = '0'] = /cpu ([\d.]+) ([\d.]+)\s*$/u.exec(stderr) ?? []
  return { cpuSeconds: Number(user) + Number(system), output: `${stdout}\n${stderr}` }
}

/** Replays a log through the peer. Throws when it does not come up, twice in a row. */
export function runPeer(folder: string, log: string, type: string): Run {
  for (let attempt = 1; ; attempt += 1) {
    const run = startPeer(folder, log, type)
    const fatal = /level=fatal msg="([^"]*)/u.exec(run.output)?.[1]
    if (fatal === undefined) return run
    if (attempt === 2) throw new Error(`CrowdSec does not run: ${fatal}`)
    // Somebody else took the port in between.
    writeConfig(join(folder, 'etc'))
  }
}

function startPeer(folder: string, log: string, type: string): Run {
  const config = join(folder, 'etc', 'config.yaml')
  const credentials = join(folder, 'etc', 'local_api_credentials.yaml')
  for (const suffix of ['', '-wal', '-shm'])
    rmSync(join(folder, 'etc', 'data', `crowdsec.db${suffix}`), { force: true })
  const machine = ['machines', 'add', 'bench', '--password', 'benchbench', '--force', '-f', credentials]
  spawnSync('cscli', ['-c', config, ...machine])
  return timed(['crowdsec', '-c', config, '-dsn', `file://${log}`, '-type', type], 240)
}

/** Alerts that the peer printed, as `scenario source`, sorted. */
export function peerAlerts({ output }: Run): readonly string[] {
  return [...output.matchAll(/Ip (\S+) performed '([^']+)'/gu)]
    .map(([, source = '', scenario = '']) => `${scenario} ${source}`)
    .toSorted()
}
