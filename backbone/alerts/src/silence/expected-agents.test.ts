import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createTemporaryFolder } from '@sevenfold/testkit'
import { expect, it } from 'vitest'
import { expectedAgents } from './expected-agents.ts'

const known = ['edge/main', 'edge/w0', 'detection/main', 'edge/web2.main', 'edge/web2.w0']

it('expects the main process of what the supervisor runs, and of every other host', () => {
  const folder = createTemporaryFolder()
  try {
    expect(expectedAgents(folder.path, known)).toEqual(['edge/main', 'detection/main', 'edge/web2.main'])
    mkdirSync(join(folder.path, 'supervisor'))
    const state = { v: 1, parts: [{ name: 'detection' }] }
    writeFileSync(join(folder.path, 'supervisor', 'state.json'), JSON.stringify(state))
    expect(expectedAgents(folder.path, known)).toEqual(['detection/main', 'edge/web2.main'])
  } finally {
    folder.remove()
  }
})
