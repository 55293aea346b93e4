import { describe, expect, it } from 'vitest'
import { isClimbing, isPlainAbsolute, judgePath, leftItsBase } from './judge-path.ts'

const none: ReadonlySet<string> = new Set()

describe('judgePath', () => {
  it.each([
    ['an input that climbs', '/srv/files/../key', ['../key']],
    ['an absolute path', '/etc/passwd', ['/etc/passwd']],
    ['an input that climbs once it was filtered', '/srv/files/../key', ['....//key']],
    ['an input that climbs once it was filtered twice', '/srv/files/../../key', ['..././/..././key']],
    ['a name in an archive', '/srv/files/../key', ['PK\u0003\u0004....../keyPK']],
    ['a NUL byte', '/srv/a\u0000.txt', []],
    ['a file that an entity names', '/etc/hostname', ['<!ENTITY x SYSTEM "file:///etc/hostname">']],
    ['a file that a template names', '/etc/hostname', ["{{fs.readFileSync('/etc/hostname')}}"]],
  ])('objects to %s', (_name, path, inputs) => {
    expect(judgePath(path, new Set(inputs), none)?.attack).toBe('path-traversal')
  })

  it.each([
    ['a name inside the folder', '/srv/files/a.txt', ['a.txt']],
    ['a climb of the application', '/srv/app/../files/a.txt', ['a.txt']],
    ['a climb of the application beside dots', '/srv/app/../files/report', ['see ../readme']],
    ['dots that do not climb', '/srv/files/a..b.txt', ['a..b.txt']],
    ['a path that is mentioned in a text', '/etc/hosts', ['see /etc/hosts for names']],
  ])('lets %s through', (_name, path, inputs) => {
    expect(judgePath(path, new Set(inputs), none)).toBeNull()
  })

  it('remembers results of joining', () => {
    expect(judgePath('/srv/key', none, new Set(['/srv/key']))).not.toBeNull()
  })
})

describe('leftItsBase', () => {
  it.each([
    [['/srv/files', '../key'], '/srv/key', ['../key'], true],
    [['/srv/files', 'x/.././../key'], '/srv/key', ['x/.././../key'], true],
    [['/srv/files', '/etc/passwd'], '/etc/passwd', ['/etc/passwd'], true],
    [['/srv/files', 'a/../b'], '/srv/files/b', ['a/../b'], false],
    [['/srv/files', '../views'], '/srv/views', ['ann'], false],
    [['/srv/files', '/../../etc/passwd'], '/etc/passwd', ['public/../../etc/passwd'], true],
    [['/srv/files', '../owned.txt'], '/srv/owned.txt', ['PK\u0003\u0004....../owned.txtPK'], true],
    [['/srv/files', 'a.txt'], '/srv/files/a.txt', ['PK\u0003\u0004....../owned.txtPK'], false],
    [['/srv/files', '..'], '/srv', ['public/../../etc/passwd'], false],
    [['/srv/files', '../views'], '/srv/views', ['see ../views'], false],
  ])('%j to %s with %j: %s', (parts, result, inputs, expected) => {
    expect(leftItsBase(parts, result, new Set(inputs))).toBe(expected)
  })
})

describe('forms of paths', () => {
  it('tells climbing from other dots', () => {
    expect(['..', '../a', 'a/..', 'a\\..\\b', 'a/../b'].every(isClimbing)).toBe(true)
    expect(['...', 'a..b', '.hidden', './a'].some(isClimbing)).toBe(false)
  })

  it('asks for a closer look unless a path is absolute and plain', () => {
    expect(isPlainAbsolute('/srv/a.txt')).toBe(true)
    expect(isPlainAbsolute('a.txt')).toBe(false)
    expect(isPlainAbsolute('/srv/../a')).toBe(false)
    expect(isPlainAbsolute('/srv/a\u0000')).toBe(false)
  })
})
