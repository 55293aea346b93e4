import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import { Agent } from '../../agent.ts'
import { StoredInputs } from '../../inputs/stored-inputs.ts'
import { RequestContext, currentRequest } from '../../request-context.ts'
import { hookShelljs } from './shelljs.ts'

function setUp(): { exec: (line: string, options?: unknown) => unknown; reports: string[] } {
  const reports: string[] = []
  const agent = new Agent(
    'enforce',
    ({ sink }) => reports.push(sink),
    () => undefined,
  )
  const shell = { exec: (line: string, _options?: unknown): unknown => `ran ${line}` }
  hookShelljs(agent, shell)
  return { exec: (line, options) => shell.exec(line, options), reports }
}

function serving<T>(value: string, run: () => T): T {
  const url = `/?q=${encodeURIComponent(value)}`
  const request = { url, headers: {}, rawHeaders: [], method: 'GET' } as unknown as IncomingMessage
  return currentRequest.run(new RequestContext(request, {} as ServerResponse, new StoredInputs()), run)
}

describe('hookShelljs', () => {
  it('lets a refused command fail as a command does', () => {
    const { exec, reports } = setUp()
    const result = serving('a; id', () => exec('echo a; id'))
    expect(result).toMatchObject({ code: 126, stdout: '', stderr: 'refused by the runtime layer' })
    expect(String(result)).toBe('')
    expect(reports).toEqual(['shelljs.exec'])
  })

  it('lets other commands run, and those that the hooks of child processes see', () => {
    const { exec, reports } = setUp()
    expect(serving('tent', () => exec('echo tent'))).toBe('ran echo tent')
    expect(exec('echo a; id')).toBe('ran echo a; id')
    expect(serving('a; id', () => exec('echo a; id', { async: true }))).toBe('ran echo a; id')
    expect(serving('a; id', () => exec('echo a; id', () => undefined))).toBe('ran echo a; id')
    expect(reports).toEqual([])
  })
})
