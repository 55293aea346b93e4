import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Json, JsonObject } from '@sevenfold/event'
import { loadPlaybooks, parsePlaybook } from '../src/index.ts'
import type { Entity, Incident, Playbook } from '../src/index.ts'
import type { ActionReach, Mail, Program } from '../src/playbook/actions/action.ts'
import { actions } from '../src/playbook/actions/actions.ts'
import { PlaybookRunner, runnerLimits } from '../src/playbook/playbook-runner.ts'
import type { RunnerNote } from '../src/playbook/playbook-runner.ts'
import { sparedBy } from '../src/playbook/spared.ts'
import { source, user } from './made-alert.ts'
import { madeIncident } from './made-incident.ts'

/** A world that remembers what was done to it. */
class World implements ActionReach {
  readonly asked: { part: string; method: string; path: string; body: JsonObject }[] = []
  readonly posted: { url: string; body: Json }[] = []
  readonly programs: Program[] = []
  readonly mails: Mail[] = []
  readonly modes: string[] = []
  readonly files: string[] = []
  readonly recorded: string[] = []
  readonly commands = new Map([
    ['note', ['/usr/bin/note', '--about', '{{title}}', '{{source}}']],
    ['unnote', ['/usr/bin/unnote', '{{id}}']],
  ])
  status = 200
  readonly outbound: ActionReach['outbound'] = {
    request: (url, request) => {
      this.posted.push({ url, body: JSON.parse(String(request?.body)) as Json })
      return Promise.resolve({
        status: this.status,
        headers: {},
        body: new Uint8Array(),
        url,
        address: '192.0.2.1',
      })
    },
  }
  ask(part: string, question: { method: 'POST' | 'DELETE'; path: string; body: JsonObject }): Promise<Json> {
    this.asked.push({ part, ...question })
    return Promise.resolve({ id: this.asked.length })
  }
  strengthen(part: string, mode: string, site: string | undefined): Promise<void> {
    this.modes.push(`${part} ${site ?? ''} ${mode}`)
    return Promise.resolve()
  }
  run(program: Program): Promise<string> {
    this.programs.push(program)
    return Promise.resolve('done')
  }
  mail(mail: Mail): Promise<void> {
    this.mails.push(mail)
    return Promise.resolve()
  }
  secret(): string {
    return 's3cret\n'
  }
  record(text: string): void {
    this.recorded.push(text)
  }
  keepFile(name: string, text: string): string {
    this.files.push(text)
    return name
  }
}

interface Bench {
  readonly world: World
  readonly runner: PlaybookRunner
  readonly notes: RunnerNote[]
  now: number
}

function makeBench(playbooks: readonly Json[], neverAct: readonly string[] = []): Bench {
  const world = new World()
  const notes: RunnerNote[] = []
  const bench = { world, notes, now: 1_000_000 } as {
    world: World
    notes: RunnerNote[]
    now: number
    runner: PlaybookRunner
  }
  bench.runner = new PlaybookRunner({
    reach: world,
    isSpared: sparedBy(neverAct),
    now: () => bench.now,
    note: (note) => notes.push(note),
    onChange: () => undefined,
  })
  bench.runner.use(playbooks.map(parsePlaybook))
  return bench
}

const steps = (...list: Json[]): JsonObject => ({ name: 'book', trigger: { on: ['opened'] }, steps: list })
const ip = (n: number): Entity => source(`192.0.2.${n}`)
const hostile = '<!channel> =HYPERLINK("x") $(id) `id`\r\nBcc: x@evil.example'

describe('PlaybookRunner', () => {
  it('bans the sources of an incident, with a ledger entry before and after, and takes it back', async () => {
    const { runner, world, notes } = makeBench([
      steps({ decision: { type: 'ban', of: 'source', duration: '30m' } }),
    ])
    await runner.consider('opened', madeIncident([ip(1), ip(2)]))
    expect(
      world.asked.map(({ part, path, body }) => [part, path, body['value'], body['actor'], body['duration']]),
    ).toEqual([
      ['detection', '/v1/decisions', '192.0.2.1', 'playbook:book', '30m'],
      ['detection', '/v1/decisions', '192.0.2.2', 'playbook:book', '30m'],
    ])
    expect(notes.map(({ op, ok }) => [op, ok])).toEqual([
      ['playbook-begin', true],
      ['playbook-end', true],
    ])
    await runner.undo('run-1', 'cli:ada')
    expect(world.asked.slice(2).map(({ method, path }) => `${method} ${path}`)).toEqual([
      'DELETE /v1/decisions/1',
      'DELETE /v1/decisions/2',
    ])
    expect(runner.runs()[0]).toMatchObject({ state: 'undone' })
  })
  it('shows what it would do and touches nothing', () => {
    const all: Json[] = [
      { decision: {} },
      { mode: { part: 'edge', site: '{{site}}', mode: 'enforce' } },
      { 'block-user': {} },
      { isolate: { by: 'nftables', address: '{{source}}' } },
      { snapshot: {} },
      { command: { name: 'note' } },
      { webhook: { url: 'https://hooks.example.org/x', form: 'slack' } },
      { mail: { to: 'oncall@example.org' } },
      { ticket: { url: 'https://tracker.example.org/issues' } },
    ]
    const { runner, world } = makeBench([steps(...all)])
    const plan = runner.dryRun(runner.playbooks[0] ?? expect.fail(), madeIncident([ip(1), user('eve')]))
    expect(plan).toHaveLength(all.length)
    expect(plan.flatMap((step) => step.plan).join('\n')).toMatch(
      /ban source 192\.0\.2\.1 for 1h[^]*edge on shop to enforce[^]*ban user eve[^]*192\.0\.2\.1 timeout/,
    )
    expect(
      [world.asked, world.posted, world.programs, world.mails, world.modes, world.recorded].flat(),
    ).toEqual([])
  })
  it('does nothing at all when there are more targets than it may act on', async () => {
    const { runner, world } = makeBench([{ ...steps({ decision: {} }), limits: { targets: 2 } }])
    await runner.consider('opened', madeIncident([ip(1), ip(2), ip(3)]))
    expect(world.asked).toEqual([])
    expect(runner.runs()[0]).toMatchObject({ state: 'failed' })
  })
  it('spares addresses, networks and names that nobody acts on', async () => {
    const { runner, world } = makeBench(
      [steps({ decision: {} }, { 'block-user': {} })],
      ['192.0.2.0/31', 'root', '2001:db8::/32'],
    )
    await runner.consider('opened', madeIncident([ip(1), ip(2), source('2001:db8::5'), user('root')]))
    expect(world.asked.map(({ body }) => body['value'])).toEqual(['192.0.2.2'])
  })
  it('waits for a person, who says yes, no, or nothing for a day', async () => {
    const playbook = { ...steps({ decision: {} }), approval: true }
    const incident = madeIncident([ip(1)])
    const yes = makeBench([playbook])
    await yes.runner.consider('opened', incident)
    expect(yes.world.asked).toEqual([])
    await yes.runner.decide('run-1', { yes: true, actor: 'ada', incident })
    expect(yes.world.asked).toHaveLength(1)
    await expect(yes.runner.decide('run-1', { yes: true, actor: 'ada', incident })).rejects.toThrow(
      /does not wait/,
    )
    const no = makeBench([playbook])
    await no.runner.consider('opened', incident)
    await no.runner.decide('run-1', { yes: false, actor: 'ada', incident })
    expect([no.world.asked.length, no.runner.runs()[0]?.state]).toEqual([0, 'rejected'])
    const nobody = makeBench([playbook])
    await nobody.runner.consider('opened', incident)
    nobody.now += runnerLimits.approvalMs + 1
    await nobody.runner.tick()
    expect(nobody.runner.runs()[0]?.state).toBe('expired')
  })
  it('takes a step back when its time is over, also after a restart', async () => {
    const bench = makeBench([steps({ decision: {}, ttl: '10m' })])
    await bench.runner.consider('opened', madeIncident([ip(1)]))
    const later = makeBench([])
    later.runner.restore(JSON.parse(JSON.stringify(bench.runner.dump())))
    later.now = bench.now + 599_999
    await later.runner.tick()
    expect(later.world.asked).toEqual([])
    later.now += 2
    await later.runner.tick()
    expect(later.world.asked).toMatchObject([{ method: 'DELETE', path: '/v1/decisions/1' }])
  })
  it('runs once on an incident, and not more often in an hour than it may', async () => {
    const bench = makeBench([{ ...steps({ snapshot: {} }), limits: { perHour: 2 } }])
    const incidents = [1, 2, 3].map((n): Incident => ({ ...madeIncident([ip(n)]), id: `inc-${n}` }))
    for (const incident of [...incidents, ...incidents]) await bench.runner.consider('opened', incident)
    expect(bench.world.recorded).toHaveLength(2)
    expect(bench.notes.filter(({ op }) => op === 'playbook-refused')).toHaveLength(4)
    bench.now += 3_600_001
    await bench.runner.consider('opened', incidents[2] ?? expect.fail())
    expect(bench.world.recorded).toHaveLength(3)
  })
  it('stops a loop: an incident about a playbook starts none', async () => {
    const { runner, world, notes } = makeBench([steps({ snapshot: {} })])
    await runner.consider('opened', madeIncident([user('playbook:book')]))
    expect(world.recorded).toEqual([])
    expect(notes).toMatchObject([{ op: 'playbook-refused', text: expect.stringContaining('loop') as string }])
  })
  it('stops at the first step that fails, and says so', async () => {
    const { runner, world, notes } = makeBench([
      steps({ webhook: { url: 'https://hooks.example.org/x' } }, { decision: {} }),
    ])
    world.status = 500
    await runner.consider('opened', madeIncident([ip(1)]))
    expect(world.asked).toEqual([])
    expect(notes.at(-1)).toMatchObject({ op: 'playbook-end', ok: false })
    expect(runner.runs()[0]?.steps.map(({ state }) => state)).toEqual(['failed', 'planned'])
  })
  it('starts by level, score, rule, tactic and condition', async () => {
    const incident = madeIncident([ip(1)])
    const starts = async (more: JsonObject): Promise<boolean> => {
      const bench = makeBench([{ ...steps({ snapshot: {} }), ...more }])
      await bench.runner.consider('opened', incident)
      return bench.world.recorded.length > 0
    }
    expect(
      await starts({ trigger: { level: 'critical', rules: ['a-rule'], tactics: ['initial-access'] } }),
    ).toBe(true)
    expect(await starts({ trigger: { rules: ['another'] } })).toBe(false)
    expect(await starts({ trigger: { tactics: ['impact'] } })).toBe(false)
    expect(await starts({ trigger: { on: ['escalated'] } })).toBe(false)
    expect(await starts({ trigger: { minScore: 1_000 } })).toBe(false)
    expect(
      await starts({
        when: [
          { field: 'source', exists: true },
          { field: 'score', atLeast: 20 },
          { field: 'user', exists: false },
        ],
      }),
    ).toBe(true)
    expect(await starts({ when: [{ field: 'level', equals: 'low' }] })).toBe(false)
    expect(await starts({ when: [{ field: 'constructor', exists: true }] })).toBe(false)
  })
})

describe('what leaves the house', () => {
  const incident = madeIncident([source('192.0.2.1')], hostile)
  const sent = async (...list: Json[]): Promise<World> => {
    const { runner, world } = makeBench([steps(...list)])
    await runner.consider('opened', incident)
    expect(runner.runs()[0]?.state).toBe('done')
    return world
  }
  it('calls no channel in Slack and nobody in Teams', async () => {
    const world = await sent(
      { webhook: { url: 'https://hooks.example.org/a', form: 'slack', text: '*{{level}}* {{title}}' } },
      { webhook: { url: 'https://hooks.example.org/b', form: 'teams' } },
      { webhook: { url: 'https://hooks.example.org/c', form: 'pagerduty', key: '/run/key' } },
    )
    const [slack, teams, pager] = world.posted.map(({ body }) => JSON.stringify(body))
    expect(slack).toContain('*critical* &lt;!channel&gt;')
    expect(teams).not.toMatch(/<!|[^\\]`/)
    expect(pager).toContain('"routing_key":"s3cret"')
    for (const text of [slack, teams, pager]) expect(text).not.toMatch(/\\r|\\n/)
  })
  it('adds no header to a mail', async () => {
    const { mails } = await sent({ mail: { to: 'a@example.org, b@example.org', subject: '{{title}}' } })
    expect(mails[0]?.to).toEqual(['a@example.org', 'b@example.org'])
    expect(mails[0]?.subject).not.toMatch(/[\r\n]/)
    expect(mails[0]?.text).not.toMatch(/\nBcc:/)
  })
  it('gives a program its values as arguments that no shell reads and that are no options', async () => {
    const { programs } = await sent({ command: { name: 'note', undo: 'unnote' } })
    expect(programs[0]?.argv).toEqual(['/usr/bin/note', '--about', hostile, '192.0.2.1'])
    const option = makeBench([steps({ command: { name: 'note' } })])
    await option.runner.consider('opened', madeIncident([source('192.0.2.1')], '--delete-all'))
    expect(option.world.programs[0]?.argv[2]).toBe('./--delete-all')
  })
  it('runs only what the configuration names', async () => {
    const { runner, world } = makeBench([steps({ command: { name: 'rm' } })])
    await runner.consider('opened', incident)
    expect([world.programs, runner.runs()[0]?.state]).toEqual([[], 'failed'])
  })
  it('writes a ticket in which nothing is a link', async () => {
    const { posted } = await sent({ ticket: { url: 'https://tracker.example.org/issues' } })
    expect(JSON.stringify(posted[0]?.body)).not.toMatch(/<!channel>/)
  })
  it('never puts a value of the incident into an address', () => {
    expect(() => parsePlaybook(steps({ webhook: { url: '{{source}}' } }))).toThrow(/address/)
  })
})

const bad: readonly (readonly [string, Json])[] = [
  ['no mapping', 'x'],
  ['an unknown key', { ...steps({ snapshot: {} }), extra: 1 }],
  ['no steps', { name: 'a', steps: [] }],
  ['too many steps', steps(...Array.from({ length: 21 }, () => ({ snapshot: {} })))],
  ['an unknown action', steps({ explode: {} })],
  ['two actions in one step', steps({ snapshot: {}, decision: {} })],
  ['weakening', steps({ mode: { part: 'edge', mode: 'off' } })],
  ['a foreign part', steps({ mode: { part: 'kernel', mode: 'enforce' } })],
  ['an exception from judgement', steps({ decision: { type: 'allow' } })],
  ['a bad time', steps({ decision: { duration: 'forever' } })],
  ['a time for what cannot be taken back', steps({ snapshot: {}, ttl: '1h' })],
  ['a bad name', { ...steps({ snapshot: {} }), name: '../x' }],
  ['a recipient with a line end', steps({ mail: { to: 'a@example.org\r\nBcc: b@example.org' } })],
  ['a file address', steps({ webhook: { url: 'file:///etc/passwd' } })],
  ['an unknown form', steps({ webhook: { url: 'https://x.example', form: 'fax' } })],
  ['isolation of nothing', steps({ isolate: { by: 'nftables' } })],
  ['a bad trigger', { ...steps({ snapshot: {} }), trigger: { on: ['never'] } }],
  ['a bad condition', { ...steps({ snapshot: {} }), when: [{ field: 'a' }] }],
  ['no limit', { ...steps({ snapshot: {} }), limits: { perHour: 0 } }],
  ['a limit beyond ours', { ...steps({ snapshot: {} }), limits: { targets: 51 } }],
]

describe('parsePlaybook', () => {
  for (const [name, value] of bad)
    it(`refuses ${name}`, () => expect(() => parsePlaybook(value)).toThrow(/: /))
  it('takes the greatest limits', () => {
    expect(
      parsePlaybook({ ...steps({ snapshot: {} }), limits: { targets: 50, perHour: 100 } }).limits,
    ).toEqual({ targets: 50, perHour: 100 })
  })
  it('reads the playbooks that come with it', async () => {
    const { playbooks, problems } = await loadPlaybooks([join(import.meta.dirname, '../playbooks')])
    expect(problems).toEqual([])
    expect(playbooks.map((playbook: Playbook) => playbook.name)).toEqual([
      'contain-source',
      'stricter-edge',
      'tell-oncall',
    ])
  })
  it('knows ten actions, each under its own name', () => {
    expect(actions.map(({ name }) => name)).toEqual([
      'decision',
      'mode',
      'block-user',
      'block-session',
      'isolate',
      'snapshot',
      'command',
      'webhook',
      'mail',
      'ticket',
    ])
  })
})
