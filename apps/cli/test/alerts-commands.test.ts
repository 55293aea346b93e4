import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTemporaryFolder, startRecordingServer } from '@sevenfold/testkit'
import type { RecordingServer, ScriptedAnswer, TemporaryFolder } from '@sevenfold/testkit'
import { runCli } from './run-cli.ts'
import type { Printed } from './run-cli.ts'

let folder: TemporaryFolder
let server: RecordingServer | undefined
beforeEach(() => {
  folder = createTemporaryFolder()
})
afterEach(async () => {
  await server?.close()
  server = undefined
  folder.remove()
})

/** An alerts process that answers as told. */
async function serve(answers: Readonly<Record<string, unknown>>): Promise<void> {
  mkdirSync(join(folder.path, 'alerts'), { recursive: true, mode: 0o700 })
  server = await startRecordingServer({
    socketPath: join(folder.path, 'alerts', 'api.sock'),
    answer: ({ method, url }): ScriptedAnswer => {
      const answer = answers[`${method} ${url}`]
      return answer === undefined ? { status: 404, body: '{}' } : { body: JSON.stringify(answer) }
    },
  })
}

const cli = (...args: readonly string[]): Promise<Printed> =>
  runCli([...args, '--data', folder.path], { cwd: folder.path })
const sent = (index: number): unknown =>
  JSON.parse(Buffer.from(server?.requests[index]?.body ?? []).toString())

const incident = {
  id: 'inc-0001',
  state: 'open',
  title: '=HYPERLINK("https://evil.example") \u001b[31mred',
  level: 'high',
  score: 20,
  count: 3,
  layers: ['runtime'],
  entities: [{ type: 'source', value: '192.0.2.7', count: 3 }],
  first: '2026-03-02T08:00:00.000Z',
  last: '2026-03-02T08:05:00.000Z',
  tactics: ['execution'],
  techniques: ['T1059'],
  samples: [{ timeMs: 1_772_438_400_000, layer: 'runtime', summary: 'what happened' }],
  notes: [],
  runbooks: [
    {
      name: 'a-rule',
      title: 'A rule',
      runbook: { meaning: 'It means this.', first: ['Do that'], confirm: ['Look'], undo: ['Undo'] },
    },
  ],
}

describe('sevenfold incidents', () => {
  it('lists what is open and says so by its exit code; nothing of an attacker reaches the terminal as a command', async () => {
    await serve({ 'GET /v1/incidents?state=open': { incidents: [incident], quiet: [] } })
    const { stdout, code } = await cli('incidents', 'list')
    expect(stdout).toMatch(/inc-0001 +20 +high +open +3 +2026-03-02 08:05:00 +runtime +192\.0\.2\.7/)
    expect(stdout).not.toContain('\u001b')
    expect(code).toBe(1)
  })
  it('writes CSV that no spreadsheet runs', async () => {
    await serve({ 'GET /v1/incidents?state=open': { incidents: [incident], quiet: [] } })
    const { stdout } = await cli('incidents', 'list', '--csv')
    expect(stdout).toContain(`"'=HYPERLINK(""https://evil.example"")`)
  })
  it('shows one with its runbook', async () => {
    await serve({ 'GET /v1/incidents/inc-0001': incident })
    const { stdout, code } = await cli('incidents', 'show', 'inc-0001')
    for (const text of [
      'what it means   It means this.',
      'first minutes   Do that',
      'how to confirm  Look',
      'how to undo     Undo',
    ])
      expect(stdout).toContain(text)
    expect(code).toBe(0)
    expect((await cli('incidents', 'show', 'inc-9')).code).toBe(2)
  })
  it('gives a verdict with a reason and shows what it hides', async () => {
    await serve({
      'POST /v1/incidents/inc-0001/verdict': {
        filter: { id: 'f-1', expires: 'then' },
        preview: { events: 9, hidden: 4, kept: 1, complete: true },
      },
    })
    expect((await cli('incidents', 'verdict', 'inc-0001', 'benign')).code).toBe(2)
    const { stdout } = await cli(
      'incidents',
      'verdict',
      'inc-0001',
      'benign',
      '--reason',
      'our own',
      '--for',
      '7d',
      '--dry-run',
    )
    expect(stdout).toContain('would have hidden 4 matches and left 1')
    expect(sent(0)).toMatchObject({
      verdict: 'benign',
      reason: 'our own',
      durationMs: 604_800_000,
      dryRun: true,
    })
  })
})

describe('sevenfold silence plan', () => {
  it('announces a silence and shows what is announced', async () => {
    await serve({
      'POST /v1/silences': { id: 1 },
      'GET /v1/silences': {
        planned: [{ id: 1, part: 'edge', until: 'then', actor: 'a', reason: 'r' }],
        active: [],
      },
    })
    expect((await cli('silence', 'plan', '--part', 'edge')).code).toBe(2)
    expect(
      (await cli('silence', 'plan', '--part', 'edge', '--for', '30m', '--reason', 'new kernel')).code,
    ).toBe(0)
    expect(sent(0)).toMatchObject({ part: 'edge', durationMs: 1_800_000, reason: 'new kernel' })
    expect((await cli('silence', 'plan')).stdout).toMatch(/1 +edge/)
  })
})

describe('sevenfold playbooks', () => {
  it('shows what a playbook would do', async () => {
    await serve({
      'POST /v1/playbooks/book/run': {
        dryRun: true,
        steps: [{ action: 'decision', plan: ['ban source 192.0.2.7 for 1h'] }],
      },
    })
    const { stdout, code } = await cli('playbooks', 'run', 'book', 'inc-0001', '--dry-run')
    expect(stdout).toContain('ban source 192.0.2.7 for 1h')
    expect(stdout).toContain('nothing was done')
    expect(code).toBe(0)
  })
  it('knows three ways to decide', async () => {
    await serve({ 'POST /v1/runs/run-1/approve': { id: 'run-1', state: 'done' } })
    expect((await cli('playbooks', 'decide', 'run-1', 'approve')).stdout).toContain('run-1: done')
    expect((await cli('playbooks', 'decide', 'run-1', 'explode')).code).toBe(2)
  })
  it('carries a playbook to CACAO and back', async () => {
    const book = join(import.meta.dirname, '../../../backbone/alerts/playbooks/contain-source.yml')
    const cacao = await runCli(['playbooks', 'export', book], { cwd: folder.path })
    expect(JSON.parse(cacao.stdout)).toMatchObject({ type: 'playbook', spec_version: 'cacao-2.0' })
    writeFileSync(join(folder.path, 'cacao.json'), cacao.stdout)
    const back = await runCli(['playbooks', 'import', 'cacao.json'], { cwd: folder.path })
    expect(JSON.parse(back.stdout)).toMatchObject({
      name: 'contain-source',
      steps: [{ snapshot: {} }, { decision: {} }],
    })
    writeFileSync(join(folder.path, 'bad.json'), '{"type":"playbook","spec_version":"1.1"}')
    const bad = await runCli(['playbooks', 'import', 'bad.json'], { cwd: folder.path })
    expect([bad.code, bad.stderr]).toEqual([1, expect.stringContaining('is not cacao-2.0') as string])
  })
})

describe('sevenfold attack-map', () => {
  it('prints a layer for ATT&CK Navigator', async () => {
    const { stdout } = await runCli(['attack-map', '--navigator'], { cwd: folder.path })
    const layer = JSON.parse(stdout) as { techniques: { techniqueID: string }[] }
    expect(layer.techniques.every(({ techniqueID }) => /^T\d{4}(\.\d{3})?$/.test(techniqueID))).toBe(true)
  })
  it('adds what a proof showed, and refuses what is none', async () => {
    const cells = {
      alone: {
        runtime: { outcome: 'stopped', layers: ['runtime'] },
        edge: { outcome: 'missed', layers: [] },
      },
    }
    writeFileSync(
      join(folder.path, 'proof.json'),
      JSON.stringify({ attacks: [{ id: 'x', technique: 'T1505', cells }] }),
    )
    const { stdout } = await runCli(['attack-map', '--proof', 'proof.json', '--json'], { cwd: folder.path })
    expect(stdout).toContain(
      '{"technique":"T1505","tactics":[],"stops":{"runtime":["x"]},"sees":{},"weight":1,"depth":1}',
    )
    writeFileSync(join(folder.path, 'none.json'), '{}')
    expect((await runCli(['attack-map', '--proof', 'none.json'], { cwd: folder.path })).code).toBe(2)
  })
})
