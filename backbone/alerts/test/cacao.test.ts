import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Json, JsonObject } from '@sevenfold/event'
import { exportCacao, importCacao, loadPlaybooks } from '../src/index.ts'

const { playbooks } = await loadPlaybooks([join(import.meta.dirname, '../playbooks')])

function exported(): JsonObject {
  return JSON.parse(JSON.stringify(exportCacao(playbooks[0] ?? expect.fail(), 0))) as JsonObject
}

/** The document with its one action step changed. */
function withAction(change: JsonObject): Json {
  const document = exported()
  const workflow = document['workflow'] as Record<string, JsonObject>
  const id = Object.keys(workflow).find((key) => workflow[key]?.['type'] === 'action') ?? ''
  return { ...document, workflow: { ...workflow, [id]: { ...workflow[id], ...change } } }
}

describe('CACAO 2.0', () => {
  for (const playbook of playbooks)
    it(`carries ${playbook.name} there and back`, () => {
      expect(importCacao(JSON.parse(JSON.stringify(exportCacao(playbook, 0))) as Json)).toEqual(playbook)
    })
  it('has a start, its actions and an end in one chain, with ids of the right form', () => {
    const { workflow, workflow_start: start, id } = exported()
    expect(id).toMatch(/^playbook--[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    const types = Object.values(workflow as Record<string, JsonObject>).map((step) => step['type'])
    expect(types).toEqual(['start', 'action', 'action', 'end'])
    expect(start).toMatch(/^start--/)
  })
  it('wants a person for a playbook that was written elsewhere', () => {
    const { playbook_extensions: _, ...foreign } = exported()
    expect(importCacao(foreign)).toMatchObject({ approval: true })
  })
  const refused: readonly (readonly [string, Json])[] = [
    ['another version', { ...exported(), spec_version: '1.1' }],
    ['no workflow', { type: 'playbook', spec_version: 'cacao-2.0' }],
    ['variables', { ...exported(), playbook_variables: {} }],
    ['a revoked playbook', { ...exported(), revoked: true }],
    ['a condition', withAction({ type: 'if-condition' })],
    ['a parallel step', withAction({ type: 'parallel' })],
    ['a branch for failure', withAction({ on_failure: 'x' })],
    ['two commands', withAction({ step_extensions: {}, commands: [{ type: 'manual' }, { type: 'manual' }] })],
    ['a shell', withAction({ step_extensions: {}, commands: [{ type: 'bash', command: 'id' }] })],
    ['a step that leads nowhere', withAction({ on_completion: 'action--none' })],
    ['a step without a successor', withAction({ on_completion: 5 })],
    ['something else', { type: 'bundle' }],
  ]
  for (const [name, value] of refused)
    it(`refuses ${name} by name`, () => expect(() => importCacao(value)).toThrow(/CACAO: /))
  it('refuses a circle and steps that are never reached', () => {
    const document = exported()
    const workflow = document['workflow'] as Record<string, JsonObject>
    const ids = Object.keys(workflow)
    const last = ids[2] ?? ''
    expect(() =>
      importCacao({
        ...document,
        workflow: { ...workflow, [last]: { ...workflow[last], on_completion: last } },
      }),
    ).toThrow(/circle/)
    expect(() =>
      importCacao({ ...document, workflow: { ...workflow, 'action--x': { type: 'action' } } }),
    ).toThrow(/never reached/)
  })
})
