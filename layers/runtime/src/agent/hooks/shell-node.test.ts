import { describe, expect, it } from 'vitest'
import { protectShellCall, shellLineOf } from './shell-node.ts'

describe('shellLineOf', () => {
  it.each([
    [['ls -l'], true, 'ls -l'],
    [['ls', ['-l'], { shell: true }], false, 'ls -l'],
    [['/bin/sh', ['-c', 'ls -l']], false, 'ls -l'],
    [['bash', ['-lc', 'ls']], false, 'ls'],
    [['ls', ['-c', 'x']], false, undefined],
    [['ls', ['-l'], { shell: false }], false, undefined],
    [[{}], true, undefined],
  ])('%j: %s', (args, isLine, line) => {
    expect(shellLineOf(args, isLine)).toBe(line)
  })
})

describe('protectShellCall', () => {
  it.each(['ls -l', 'cat node.txt', 'echo node', 'git commit -m node'])('leaves %s alone', (line) => {
    const args = [line, { env: {} }]
    expect(protectShellCall(args, true)).toEqual({ args, isUnprotected: false })
  })

  it.each([
    'node x.js',
    'cd /srv && node x.js',
    'A=1 node x.js',
    'env -i PATH=/bin node x.js',
    'nohup /usr/bin/node x.js &',
    'npm run build',
    'npx tool',
  ])('says of %s that it starts without the agent when nobody can tell how to load it', (line) => {
    expect(protectShellCall([line], true).isUnprotected).toBe(true)
  })
})
