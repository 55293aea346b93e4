import { describe, expect, it } from 'vitest'
import { agentFlags, protectNodeCall } from './node-child.ts'

describe('agentFlags', () => {
  it.each([
    [['--import', '/x/runtime/dist/register.js'], '', ['--import', '/x/runtime/dist/register.js']],
    [['--import=@sevenfold/runtime/register'], '', ['--import', '@sevenfold/runtime/register']],
    [[], '--max-old-space-size=64 -r @sevenfold/runtime/register', ['-r', '@sevenfold/runtime/register']],
    [['--import', 'tsx'], '-r dotenv', []],
  ])('finds how the agent was loaded in %j and %j', (execArgv, options, flags) => {
    expect(agentFlags(execArgv, options)).toEqual(flags)
  })
})

describe('protectNodeCall', () => {
  it('leaves other programs alone', () => {
    const call = ['ls', ['-l'], { env: {} }]
    expect(protectNodeCall(call, false)).toEqual({ args: call, isUnprotected: false })
  })

  it('says of a Node process that it starts without the agent when nobody can tell how to load it', () => {
    expect(protectNodeCall([process.execPath, ['x.js']], false).isUnprotected).toBe(true)
  })
})
