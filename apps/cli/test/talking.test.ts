import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { call } from './call.ts'
import { startFakePart } from './fake-part.ts'
import type { Asked, FakePart } from './fake-part.ts'

let folder: string
let parts: FakePart[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sf-cli-'))
  mkdirSync(join(folder, '.sevenfold'))
})
afterEach(async () => {
  await Promise.all(parts.map(async (part) => await part.close()))
  parts = []
  rmSync(folder, { recursive: true, force: true })
})

async function detection(answer: (asked: Asked) => readonly [number, unknown]): Promise<FakePart> {
  const part = await startFakePart(join(folder, '.sevenfold', 'detection', 'api.sock'), answer)
  parts.push(part)
  return part
}

const actor = `cli:${userInfo().username}`
const ban = {
  id: 17,
  type: 'ban',
  scope: 'Ip',
  value: '192.0.2.7',
  duration: '3h59m',
  origin: 'sevenfold',
  scenario: 'probing',
  until: 'later',
}

describe('decisions', () => {
  it('are listed as a table or as JSON, and found by value', async () => {
    const both = [ban, { ...ban, id: 18, value: '192.0.2.8' }]
    await detection(({ path }) => [200, path.includes('value=192.0.2.7&') ? [ban] : both])
    expect((await call(['decisions', 'list', '--value', '192.0.2.7'], folder)).stdout).toBe(
      'ID  TYPE  SCOPE  VALUE      DURATION  ORIGIN     SCENARIO\n17  ban   Ip     192.0.2.7  3h59m     sevenfold  probing\n',
    )
    expect(JSON.parse((await call(['decisions', 'list', '--json'], folder)).stdout)).toHaveLength(2)
  })

  it('cannot move the cursor of whoever lists them', async () => {
    await detection(() => [200, [{ ...ban, scenario: '\u001b[2J\u202ex' }]])
    expect((await call(['decisions', 'list'], folder)).stdout).toContain('\\x1b[2J\\u202ex')
  })

  it('say so when there are none', async () => {
    await detection(() => [200, null])
    expect(await call(['decisions', 'list'], folder)).toEqual({
      stdout: 'no active decisions\n',
      stderr: '',
      code: 0,
    })
  })

  it('are added with who, why and how long', async () => {
    const part = await detection(() => [201, ban])
    const printed = await call(
      ['decisions', 'add', '192.0.2.7', '--duration', '4h', '--reason', 'scraping'],
      folder,
    )
    expect(printed).toEqual({ stdout: 'decision 17: ban 192.0.2.7 until later\n', stderr: '', code: 0 })
    expect(part.asked).toEqual([
      {
        method: 'POST',
        path: '/v1/decisions',
        body: { value: '192.0.2.7', scope: 'ip', type: 'ban', actor, duration: '4h', reason: 'scraping' },
      },
    ])
  })

  it('about a range have its scope', async () => {
    const part = await detection(() => [201, ban])
    await call(['decisions', 'add', '192.0.2.0/24'], folder)
    expect(part.asked[0]?.body).toMatchObject({ scope: 'range' })
  })

  it('that are refused say why, with the code for a wrong call', async () => {
    await detection(() => [
      409,
      { code: 'DETECTION_NEVER_BAN', message: '127.0.0.1 is never banned: own address' },
    ])
    expect(await call(['decisions', 'add', '127.0.0.1'], folder)).toEqual({
      stdout: '',
      stderr:
        'sevenfold: error: detection refused: 127.0.0.1 is never banned: own address\nhint: it answered with status 409\n',
      code: 2,
    })
  })

  it('are deleted by number and by value', async () => {
    const part = await detection(({ method }) =>
      method === 'GET' ? [200, [ban, { ...ban, id: 18 }]] : [200, { nbDeleted: '1' }],
    )
    expect((await call(['decisions', 'delete', '192.0.2.7', '--reason', 'office'], folder)).stdout).toBe(
      'deleted 2 decisions\n',
    )
    expect(part.asked.slice(1)).toEqual([
      { method: 'DELETE', path: '/v1/decisions/17', body: { actor, reason: 'office' } },
      { method: 'DELETE', path: '/v1/decisions/18', body: { actor, reason: 'office' } },
    ])
    expect((await call(['decisions', 'delete', '18'], folder)).stdout).toBe('deleted 1 decision\n')
  })

  it('that do not exist cannot be deleted', async () => {
    await detection(({ method }) => (method === 'GET' ? [200, []] : [404, {}]))
    expect(await call(['decisions', 'delete', '99'], folder)).toMatchObject({ code: 1, stdout: '' })
    expect(await call(['decisions', 'delete', '192.0.2.9'], folder)).toMatchObject({ code: 1, stdout: '' })
  })

  it('on a name of digits are deleted by it, where there is no such number', async () => {
    const named = { ...ban, id: 18, scope: 'username', value: '99' }
    const part = await detection(({ method, path }) => {
      if (method === 'GET') return [200, [named]]
      return path.endsWith('/99') ? [404, {}] : [200, { nbDeleted: '1' }]
    })
    expect((await call(['decisions', 'delete', '99'], folder)).stdout).toBe('deleted 1 decision\n')
    expect(part.asked.at(-1)?.path).toBe('/v1/decisions/18')
  })

  it('are not guessed when detection answers nonsense', async () => {
    for (const nonsense of ['<html>', '{"a":', 'x'.repeat(100)]) {
      const part = await startFakePart(join(folder, '.sevenfold', 'detection', 'api.sock'), () => [
        200,
        nonsense,
      ])
      expect((await call(['decisions', 'list'], folder)).code).toBe(3)
      await part.close()
    }
  })
})

describe('bouncers', () => {
  it('are added with a key on standard output and nothing else there', async () => {
    await detection(() => [201, { name: 'nginx', key: 'k'.repeat(43) }])
    const printed = await call(['bouncers', 'add', 'nginx'], folder)
    expect(printed.stdout).toBe(`${'k'.repeat(43)}\n`)
    expect(printed.stderr).toContain('never shown again')
  })

  it('are listed and deleted', async () => {
    await detection(({ method, path }) =>
      method === 'GET'
        ? [200, [{ name: 'nginx', created: 'then' }]]
        : path === '/v1/bouncers/nginx'
          ? [204, '']
          : [404, {}],
    )
    expect((await call(['bouncers', 'list'], folder)).stdout).toBe(
      'NAME   CREATED  KIND  LASTSEEN  ADDRESS  AGENT\nnginx  then\n',
    )
    expect(await call(['bouncers', 'delete', 'nginx'], folder)).toEqual({
      stdout: 'deleted nginx\n',
      stderr: '',
      code: 0,
    })
    expect((await call(['bouncers', 'delete', 'other'], folder)).code).toBe(1)
  })
})

describe('console link', () => {
  it('goes into a file of the owner when standard output is no terminal', async () => {
    const link = 'http://127.0.0.1:7770/#login=secret'
    parts.push(
      await startFakePart(join(folder, '.sevenfold', 'console', 'admin.sock'), () => [200, { url: link }]),
    )
    const printed = await call(['console', 'link'], folder)
    const file = join(folder, '.sevenfold', 'console', 'link')
    expect(printed).toEqual({ stdout: `the link is in ${file}\n`, stderr: '', code: 0 })
    expect(readFileSync(file, 'utf8')).toBe(`${link}\n`)
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })
})
