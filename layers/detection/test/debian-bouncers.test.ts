import { execFileSync, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createCertificateAuthority } from '@sevenfold/testkit'
import type { TemporaryFolder } from '@sevenfold/testkit'
import { ask, createTemporaryFolder, testConfig } from './house.ts'
import { createTopology, ipProgram, findProgram, knock, namespacesMissing, until } from './namespaces.ts'
import type { Topology } from './namespaces.ts'

const port = 7780
/** Where the Local API listens: on loopback, or encrypted on an address of the network. */
const doors = {
  plain: { host: '127.0.0.1', scheme: 'http' },
  encrypted: { host: '10.77.1.1', scheme: 'https' },
} as const
type Door = keyof typeof doors
/** How a bouncer says who it is. */
type Credential = 'key' | 'certificate'
const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const missing = namespacesMissing()

/** What a test needs and has not, by name. */
function needs(program: string): string | undefined {
  return findProgram(program) === undefined ? `the program ${program}` : missing
}

/** The detection layer as a process of its own inside the router's namespace, where a bouncer reaches it. */
interface Installation {
  readonly net: Topology
  readonly folder: TemporaryFolder
  readonly socket: string
  /** Lines of a bouncer's configuration: where the API is, and who it is there. */
  account(name: string, by: Credential): Promise<string>
  ban(body: object): Promise<number>
  unban(id: number): Promise<void>
  run(argv: readonly string[]): ChildProcess
  close(): Promise<void>
}

const ended = (child: ChildProcess): Promise<unknown> =>
  child.exitCode === null ? new Promise((resolve) => child.once('exit', resolve)) : Promise.resolve()

/** Writes the certificates of the API and of a bouncer; gives the section of the configuration. */
async function certificates(folder: string): Promise<object> {
  const authority = await createCertificateAuthority()
  const at = (name: string): string => join(folder, name)
  writeFileSync(at('ca.pem'), authority.certificate)
  const server = await authority.issue({ names: [doors.encrypted.host] })
  const client = await authority.issue({ names: ['gate'], client: true, unit: 'bouncer-ou' })
  for (const [name, { certificate, key }] of Object.entries({ server, client })) {
    writeFileSync(at(`${name}.pem`), certificate)
    writeFileSync(at(`${name}.key`), key)
  }
  const clients = { ca: at('ca.pem'), bouncerUnits: ['bouncer-ou'], agentUnits: ['agent-ou'] }
  return { certificate: at('server.pem'), key: at('server.key'), clients }
}

async function install(door: Door): Promise<Installation> {
  const net = await createTopology()
  const folder = createTemporaryFolder()
  mkdirSync(join(folder.path, 'detection'), { mode: 0o700 })
  const { host, scheme } = doors[door]
  const tls = door === 'plain' ? {} : { tls: await certificates(folder.path) }
  const api = { listen: { host, port }, hosts: ['127.0.0.1'], bouncers: [], ...tls }
  const config = testConfig({ api, trusted: [`${host}/32`] })
  writeFileSync(join(folder.path, 'detection', 'config.json'), JSON.stringify(config))
  const children: ChildProcess[] = []
  const run = (argv: readonly string[]): ChildProcess => {
    const env = { ...process.env, SEVENFOLD_DATA: folder.path }
    const child = spawn(ipProgram, ['netns', 'exec', net.router, ...argv], {
      stdio: ['ignore', 'ignore', 'ignore'],
      env,
    })
    children.push(child)
    return child
  }
  run([process.execPath, '--import', 'tsx', '--conditions=@sevenfold/source', main])
  const socket = join(folder.path, 'detection', 'api.sock')
  if (!(await until(() => existsSync(socket), 30_000))) throw new Error('the layer did not start')
  const post = async (path: string, body: object): Promise<Record<string, unknown>> =>
    JSON.parse((await ask(socket, { method: 'POST', path, body })).body) as Record<string, unknown>
  return {
    net,
    folder,
    socket,
    run,
    account: async (name, by) => {
      const at = (file: string): string => join(folder.path, file)
      const who =
        by === 'key'
          ? `api_key: ${String((await post('/v1/bouncers', { name }))['key'])}`
          : `cert_path: ${at('client.pem')}\nkey_path: ${at('client.key')}`
      const ca = door === 'plain' ? '' : `ca_cert_path: ${at('ca.pem')}\n`
      return `api_url: ${scheme}://${host}:${port}/\n${ca}${who}`
    },
    ban: async (body) => Number((await post('/v1/decisions', body))['id']),
    unban: async (id) => void (await ask(socket, { method: 'DELETE', path: `/v1/decisions/${id}` })),
    close: async () => {
      for (const child of children) child.kill('SIGTERM')
      await Promise.all(children.map(ended))
      net.close()
      folder.remove()
    },
  }
}

const firewallMissing = needs('crowdsec-firewall-bouncer')
describe.skipIf(firewallMissing !== undefined).each([
  ['plain', 'key'],
  ['encrypted', 'certificate'],
] as const)(
  `crowdsec-firewall-bouncer of Debian, unchanged, %s with a %s${firewallMissing === undefined ? '' : ` (needs ${firewallMissing})`}`,
  (door, credential) => {
    let house: Installation
    beforeAll(async () => {
      house = await install(door)
    }, 60_000)
    afterAll(() => house.close())

    it('drops whom we ban, from its start on and by deltas, and lets in whom we free', async () => {
      const { net, folder } = house
      const server = `require('http').createServer((q, r) => r.end('ok')).listen(8081, '0.0.0.0')`
      house.run([process.execPath, '-e', server])
      const open = async (from: string): Promise<boolean> =>
        (await knock(net.client, from, { host: '10.77.1.1', port: 8081 })) === '200'
      expect(await until(() => open('10.77.1.2'))).toBe(true)
      const first = await house.ban({ value: '10.77.1.2', duration: '1h', reason: 'before its start' })
      // A country makes this bouncer fail with its whole batch; it must never see one.
      await house.ban({ value: 'FR', scope: 'country' })
      await house.ban({ value: '2001:db8::7' })
      const config = join(folder.path, 'firewall.yaml')
      writeFileSync(config, firewallConfig(await house.account('firewall', credential), folder.path))
      house.run([findProgram('crowdsec-firewall-bouncer') ?? '', '-c', config])
      expect(await until(async () => !(await open('10.77.1.2')), 20_000)).toBe(true)
      expect(await open('10.77.1.3')).toBe(true)
      const second = await house.ban({ value: '10.77.1.3' })
      await house.unban(first)
      expect(await until(async () => (await open('10.77.1.2')) && !(await open('10.77.1.3')), 20_000)).toBe(
        true,
      )
      await house.unban(second)
      expect(await until(() => open('10.77.1.3'), 20_000)).toBe(true)
      const sets = execFileSync(ipProgram, ['netns', 'exec', net.router, 'nft', 'list', 'ruleset'], {
        encoding: 'utf8',
      })
      expect(sets).toContain('2001:db8::7')
      const [bouncer] = JSON.parse((await ask(house.socket, { path: '/v1/bouncers' })).body) as {
        agent: string
        name: string
      }[]
      expect(bouncer?.agent).toContain('crowdsec-firewall-bouncer')
      expect(bouncer?.name).toBe(credential === 'key' ? 'firewall' : `gate@${doors[door].host}`)
    }, 90_000)
  },
)

const customMissing = needs('crowdsec-custom-bouncer')
describe.skipIf(customMissing !== undefined).each([
  ['plain', 'key'],
  ['encrypted', 'key'],
] as const)(
  `crowdsec-custom-bouncer of Debian, unchanged, %s with a %s${customMissing === undefined ? '' : ` (needs ${customMissing})`}`,
  (door, credential) => {
    let house: Installation
    beforeAll(async () => {
      house = await install(door)
    }, 60_000)
    afterAll(() => house.close())

    it('runs its program for each ban and each end', async () => {
      const { folder } = house
      const [script, out, config] = ['act.sh', 'out', 'custom.yaml'].map((name) => join(folder.path, name))
      if (script === undefined || out === undefined || config === undefined) return
      writeFileSync(script, `#!/bin/sh\necho "$1 $2 $3 $4" >> ${out}\n`)
      chmodSync(script, 0o755)
      writeFileSync(out, '')
      writeFileSync(config, customConfig(await house.account('custom', credential), script, folder.path))
      const lines = (): string => readFileSync(out, 'utf8')
      const id = await house.ban({ value: '198.18.0.1', duration: '1h', scenario: 'test/start' })
      house.run([findProgram('crowdsec-custom-bouncer') ?? '', '-c', config])
      expect(await until(() => lines().includes('add 198.18.0.1'), 20_000)).toBe(true)
      expect(lines()).toMatch(/^add 198\.18\.0\.1 3[56]\d\d test\/start$/mu)
      await house.ban({ value: '198.18.0.2', duration: '1h', scenario: 'test/delta' })
      await house.unban(id)
      expect(
        await until(() => lines().includes('del 198.18.0.1') && lines().includes('add 198.18.0.2'), 20_000),
      ).toBe(true)
    }, 60_000)
  },
)

function firewallConfig(account: string, folder: string): string {
  return `mode: nftables
pid_dir: ${folder}/
update_frequency: 1s
daemonize: false
log_mode: file
log_dir: ${folder}/
log_level: info
${account}
disable_ipv6: false
deny_action: DROP
deny_log: false
supported_decisions_types: [ban]
blacklists_ipv4: crowdsec-blacklists
blacklists_ipv6: crowdsec6-blacklists
nftables:
  ipv4: {enabled: true, set-only: false, table: crowdsec, chain: crowdsec-chain}
  ipv6: {enabled: true, set-only: false, table: crowdsec6, chain: crowdsec6-chain}
pf: {anchor_name: ""}
prometheus: {enabled: false, listen_addr: 127.0.0.1, listen_port: 60601}
`
}

function customConfig(account: string, script: string, folder: string): string {
  return `bin_path: ${script}
feed_via_stdin: false
total_retries: 0
scenarios_containing: []
scenarios_not_containing: []
origins: []
piddir: ${folder}/
update_frequency: 1s
cache_retention_duration: 10s
daemonize: false
log_mode: file
log_dir: ${folder}/
log_level: info
log_compression: false
log_max_size: 10
log_max_backups: 1
log_max_age: 1
${account}
prometheus: {enabled: false, listen_addr: 127.0.0.1, listen_port: 60602}
`
}
