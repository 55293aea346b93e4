import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readTar } from '../src/waf/read-tar.ts'
import { sha256 } from '../src/waf/rule-source.ts'
import { call } from './call.ts'
import { edgeIsBuilt, LoneEdge } from './lone-edge.ts'

const shared =
  process.env['SEVENFOLD_SHARED'] ?? fileURLToPath(new URL('../../../../shared', import.meta.url))
const crs = join(shared, 'crs')

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sf-rules-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A header of a tar archive (ustar) with its file. */
function entry(path: string, content: string | Uint8Array, type = '0'): Buffer {
  const bytes = Buffer.from(content)
  const header = Buffer.alloc(512)
  header.write(path.slice(0, 100), 0)
  header.write('0000644\0', 100)
  header.write(`${bytes.length.toString(8).padStart(11, '0')}\0`, 124)
  header.write('        ', 148)
  header.write(type, 156)
  header.write('ustar\u000000', 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return Buffer.concat([header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)])
}
const tar = (...entries: Buffer[]): Buffer => Buffer.concat([...entries, Buffer.alloc(1024)])

const rule = (id: number): string => `SecRule ARGS "@streq x${id}" "id:${id},phase:2,deny,status:403"\n`
const filesOf = (id: number): Readonly<Record<string, string>> => ({
  'crs-setup.conf.example': '# set-up\n',
  'rules/REQUEST-901-INITIALIZATION.conf': rule(id),
  'rules/words.data': 'one\ntwo\n',
  'rules/note.txt': 'not wanted',
  'util/script.sh': 'not wanted',
})

function putFolder(name: string, id: number): void {
  for (const [path, content] of Object.entries(filesOf(id))) {
    mkdirSync(dirname(join(folder, name, path)), { recursive: true })
    writeFileSync(join(folder, name, path), content)
  }
}
function putArchive(name: string, id: number): string {
  const bytes = gzipSync(
    tar(...Object.entries(filesOf(id)).map(([path, text]) => entry(`crs-4/${path}`, text))),
  )
  writeFileSync(join(folder, name), bytes)
  return sha256(bytes)
}

const install = (...args: string[]) => call(['rules', 'install', 'crs', '--data', 'data', ...args], folder)
const rollback = () => call(['rules', 'rollback', 'crs', '--data', 'data'], folder)
const installed = (path = 'rules/REQUEST-901-INITIALIZATION.conf'): string =>
  readFileSync(join(folder, 'data', 'rules', 'crs', path), 'utf8')

describe('rules install', () => {
  it('copies what belongs to a rule set from a folder', async () => {
    putFolder('crs', 1)
    const { stdout, code } = await install('--from', 'crs')
    expect(code).toBe(0)
    expect(stdout).toContain('in 3 files, sha256 ')
    expect(stdout).toContain(join(folder, 'data', 'rules', 'crs'))
    expect(installed()).toBe(rule(1))
    expect(existsSync(join(folder, 'data', 'rules', 'crs', 'rules', 'note.txt'))).toBe(false)
    const judged = await call(
      ['waf', 'eval', '--rules', 'data/rules/crs'],
      folder,
      '{"id":1,"method":"GET","uri":"/?a=x1"}\n',
    )
    expect(judged.stderr).toBe('0 passed, 1 blocked, 0 unreadable\n')
  })

  it('copies it from an archive with the pinned digest, and refuses another one', async () => {
    const digest = putArchive('crs.tar.gz', 1)
    expect(await install('--from', 'crs.tar.gz', '--sha256', '0'.repeat(64))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('nothing is installed'),
    })
    expect(existsSync(join(folder, 'data'))).toBe(false)
    expect(await install('--from', 'crs.tar.gz', '--sha256', digest)).toMatchObject({ code: 0 })
    expect(installed()).toBe(rule(1))
  })

  it('keeps the set before for a rollback, and one set is not the one before itself', async () => {
    putFolder('a', 1)
    putFolder('b', 2)
    await install('--from', 'a')
    expect(await rollback()).toMatchObject({ code: 1 })
    await install('--from', 'b')
    await install('--from', 'b')
    expect(installed()).toBe(rule(2))
    expect(await rollback()).toMatchObject({ code: 0, stdout: expect.stringContaining('back to sha256') })
    expect(installed()).toBe(rule(1))
    await rollback()
    expect(installed()).toBe(rule(2))
  })

  it('leaves rules out that need what is not there, and says which', async () => {
    putFolder('a', 1)
    const lookup = 'SecRule REMOTE_ADDR "@rbl list.example" "id:910140,phase:1,deny"\n'
    writeFileSync(join(folder, 'a', 'rules', 'REQUEST-910-IP-REPUTATION.conf'), lookup)
    const { code, stderr } = await install('--from', 'a')
    expect(code).toBe(0)
    expect(stderr).toMatch(
      /REQUEST-910-IP-REPUTATION\.conf:1:22: rule 910140 is left out: @rbl is not supported/,
    )
    const judged = await call(['waf', 'lint', '--rules', 'data/rules/crs'], folder, '')
    expect(judged).toMatchObject({ code: 1, stdout: expect.stringContaining('left-out: rule 910140') })
  })

  it.skipIf(!existsSync('/usr/share/modsecurity-crs/rules'))(
    'installs the Core Rule Set of Debian (needs the package modsecurity-crs)',
    async () => {
      expect(await install('--from', 'debian')).toMatchObject({
        code: 0,
        stdout: expect.stringContaining(' rules in '),
      })
      const attack =
        '{"id":1,"method":"GET","uri":"/?a=1%27+union+select+password+from+users--","headers":{"Host":"a"}}\n'
      const judged = await call(['waf', 'eval', '--rules', 'data/rules/crs'], folder, attack)
      expect(judged.stdout).toContain('"verdict":"block"')
      expect(judged.stdout).toContain('942100')
    },
  )

  it('installs nothing that does not compile', async () => {
    putFolder('a', 1)
    putFolder('b', 2)
    await install('--from', 'a')
    writeFileSync(join(folder, 'b', 'rules', 'REQUEST-999-BAD.conf'), 'SecRule ARGS "@nonsense" "id:3"\n')
    expect(await install('--from', 'b')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('REQUEST-999'),
    })
    expect(installed()).toBe(rule(1))
  })

  const wrong: readonly (readonly [string, readonly string[], number, RegExp])[] = [
    ['no source', [], 2, /--from is missing/],
    ['a source that is not there', ['--from', 'none'], 2, /there is no none/],
    ['a digest that is none', ['--from', '.', '--sha256', 'abc'], 2, /64 hexadecimal/],
    ['a folder without a rule set', ['--from', '.'], 3, /no Core Rule Set/],
    [
      'an address on this machine',
      ['--from', 'http://127.0.0.1:1/crs.tar.gz', '--sha256', '0'.repeat(64)],
      3,
      /127\.0\.0\.1/,
    ],
  ]
  for (const [name, args, code, message] of wrong) {
    it(`refuses ${name}`, async () => {
      expect(await install(...args)).toMatchObject({ code, stderr: expect.stringMatching(message) })
    })
  }

  it('writes nothing outside its folder, and refuses an archive that is damaged or none', async () => {
    const evil = tar(
      entry('crs-4/rules/REQUEST-901-A.conf', rule(1)),
      entry('crs-4/rules/../../x.conf', 'out'),
    )
    writeFileSync(join(folder, 'evil.tar'), evil)
    expect((await install('--from', 'evil.tar')).code).toBe(0)
    expect(existsSync(join(folder, 'data', 'x.conf'))).toBe(false)
    expect(existsSync(join(folder, 'data', 'rules', 'x.conf'))).toBe(false)
    for (const bytes of [
      evil.subarray(0, 700),
      Buffer.from('text'),
      gzipSync('text'),
      Buffer.from([0x1f, 0x8b, 1]),
    ]) {
      writeFileSync(join(folder, 'bad.tar'), bytes)
      expect((await install('--from', 'bad.tar')).code).toBe(3)
    }
  })

  it.skipIf(!existsSync(join(crs, 'rules')))('installs a real Core Rule Set (needs CRS data)', async () => {
    const { stdout, code } = await install('--from', crs, '--json')
    expect(code).toBe(0)
    expect((JSON.parse(stdout) as { rules: number }).rules).toBeGreaterThan(500)
  })
})

describe.skipIf(!edgeIsBuilt)('rules install with a running edge (needs a build)', () => {
  const judging = (word: string): string =>
    `SecRule ARGS "@contains UNION" "id:10,phase:2,deny,status:403"\nSecRule ARGS "@streq ${word}" "id:11,phase:2,deny,status:403"\n`
  const put = (name: string, text: string): void => {
    putFolder(name, 1)
    writeFileSync(join(folder, name, 'rules', 'REQUEST-902-OWN.conf'), text)
  }

  it('puts the rules in force, and takes back those with which the edge would be toothless', async () => {
    put('a', judging('first'))
    put('b', judging('second'))
    put('c', judging('third').replace('UNION', 'nothing'))
    await install('--from', 'a')
    const edge = await LoneEdge.prepare(folder, '{ workers: 2, rules: ["crs:./data/rules/crs"] }')
    try {
      await edge.start()
      expect(await edge.statuses('/?q=first')).toEqual([403])
      expect(await install('--from', 'b')).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/\nin force\n$/),
      })
      expect([await edge.statuses('/?q=first'), await edge.statuses('/?q=second')]).toEqual([[200], [403]])
      expect(await install('--from', 'c')).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('edge refused'),
      })
      expect(installed('rules/REQUEST-902-OWN.conf')).toBe(judging('second'))
      expect(await edge.statuses('/?q=second')).toEqual([403])
    } finally {
      await edge.close()
    }
  }, 120_000)
})

describe('readTar', () => {
  const long = `${'deep/'.repeat(30)}file.conf`

  it('reads long names of both kinds, and passes over links and folders', () => {
    const pax = `${`xx path=${long}\n`.length} path=${long}\n`
    const files = readTar(
      tar(
        entry('dir/', '', '5'),
        entry('link', '', '2'),
        entry('x', pax, 'x'),
        entry('short', 'one'),
        entry('././@LongLink', `${long}\0`, 'L'),
        entry('short', 'two'),
        entry('plain', 'three'),
      ),
    )
    expect(files.map(({ path, bytes }) => [path, Buffer.from(bytes).toString()])).toEqual([
      [long, 'one'],
      [long, 'two'],
      ['plain', 'three'],
    ])
  })

  it('refuses every cut and every damaged header', () => {
    const whole = tar(entry('a', 'x'.repeat(600)))
    for (let length = 0; length < whole.length - 1024; length += 64)
      expect(() => readTar(whole.subarray(0, length))).toThrow()
    for (let at = 0; at < 300; at += 7) {
      const bad = Buffer.from(whole)
      bad[at] = (bad[at] ?? 0) ^ 0x41
      expect(() => readTar(bad)).toThrow()
    }
  })
})
