import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createOutbound } from '@sevenfold/outbound'
import { createTemporaryFolder } from '@sevenfold/testkit'
import { Feed } from '../src/feeds/feed.ts'

const isThere =
  existsSync('/etc/crowdsec/patterns') &&
  ['crowdsec', 'cscli'].every(
    (program) => spawnSync(program, ['version'], { stdio: 'ignore' }).error === undefined,
  )

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer()
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

describe.skipIf(!isThere)('decisions of a real CrowdSec (needs crowdsec and cscli)', () => {
  const folder = createTemporaryFolder()
  const config = join(folder.path, 'config.yaml')
  let stop = (): void => undefined
  let url = ''
  let key = ''

  const cscli = (...args: readonly string[]): string => {
    const { stdout, stderr, status } = spawnSync('cscli', ['-c', config, ...args], { encoding: 'utf8' })
    if (status !== 0) throw new Error(`cscli ${args.join(' ')}: ${stderr}`)
    return stdout.trim()
  }

  beforeAll(async () => {
    const port = await freePort()
    url = `http://127.0.0.1:${port}`
    for (const name of ['data', 'hub', 'notifications', 'plugins', 'log']) mkdirSync(join(folder.path, name))
    const file = (name: string, text: string): string => {
      writeFileSync(join(folder.path, name), text)
      return join(folder.path, name)
    }
    const profiles = file(
      'profiles.yaml',
      'name: all\nfilters: ["true"]\ndecisions: [{type: ban, duration: 4h}]\non_success: break\n',
    )
    const simulation = file('simulation.yaml', 'simulation: false\n')
    const credentials = file('credentials.yaml', '')
    const console_ = file('console.yaml', '{}\n')
    const acquisition = file('acquis.yaml', '')
    const index = file('hub/.index.json', '{"parsers":{},"postoverflows":{},"scenarios":{},"collections":{}}')
    const at = (name: string): string => join(folder.path, name)
    file(
      'config.yaml',
      [
        `common: {daemonize: false, log_media: stdout, log_level: error, log_dir: ${at('log')}/, working_dir: .}`,
        `config_paths: {config_dir: ${folder.path}/, data_dir: ${at('data')}/, simulation_path: ${simulation}, hub_dir: ${at('hub')}/, index_path: ${index}, notification_dir: ${at('notifications')}/, plugin_dir: ${at('plugins')}/}`,
        `crowdsec_service: {acquisition_path: ${acquisition}, parser_routines: 1}`,
        'cscli: {output: raw}',
        `db_config: {log_level: error, type: sqlite, db_path: ${at('data')}/crowdsec.db, flush: {max_items: 5000, max_age: 7d}}`,
        'api:',
        `  client: {insecure_skip_verify: false, credentials_path: ${credentials}}`,
        `  server: {log_level: error, listen_uri: 127.0.0.1:${port}, profiles_path: ${profiles}, console_path: ${console_}}`,
        'prometheus: {enabled: false}',
        '',
      ].join('\n'),
    )
    cscli('machines', 'add', 'test', '--password', 'test-password', '--force', '-f', credentials)
    key = cscli('bouncers', 'add', 'sevenfold', '-o', 'raw').split('\n').at(-1)?.trim() ?? ''
    const crowdsec = spawn('crowdsec', ['-c', config, '-no-cs'], { stdio: 'ignore' })
    stop = () => void crowdsec.kill('SIGKILL')
    const deadline = performance.now() + 30_000
    for (;;) {
      const answer = await fetch(`${url}/health`).catch(() => undefined)
      if (answer !== undefined) break
      if (performance.now() > deadline) throw new Error('crowdsec does not answer')
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }, 60_000)

  afterAll(() => {
    stop()
    folder.remove()
  })

  it('are taken with everything at first, then as they come and go', async () => {
    const feed = new Feed({
      config: {
        name: 'crowdsec',
        url,
        format: 'crowdsec-api',
        everyMs: 10_000,
        expiryMs: 3_600_000,
        trust: 1,
        type: 'ban',
        maxSizeBytes: 1_048_576,
        maxChange: 0.2,
      },
      path: join(folder.path, 'feed.json'),
      outbound: createOutbound({ namedHosts: ['127.0.0.1'] }),
      now: () => Date.now(),
      secret: key,
    })
    const { signal } = new AbortController()
    const values = (): readonly string[] => [...feed.active()].map(({ value }) => value).toSorted()
    cscli('decisions', 'add', '--ip', '45.0.0.1', '--duration', '1h')
    cscli('decisions', 'add', '--range', '45.1.0.0/24', '--duration', '1h')
    expect(await feed.refresh(signal)).toMatchObject({ kind: 'taken', added: 2 })
    expect(values()).toEqual(['45.0.0.1', '45.1.0.0/24'])
    const [first] = [...feed.active()]
    expect((first?.untilMs ?? 0) - Date.now()).toBeGreaterThan(3_500_000)
    expect(await feed.refresh(signal)).toEqual({ kind: 'same' })
    cscli('decisions', 'add', '--ip', '45.0.0.2', '--duration', '1h')
    cscli('decisions', 'delete', '--ip', '45.0.0.1')
    expect(await feed.refresh(signal)).toMatchObject({ kind: 'taken', added: 1, removed: 1 })
    expect(values()).toEqual(['45.0.0.2', '45.1.0.0/24'])
  }, 60_000)
})
