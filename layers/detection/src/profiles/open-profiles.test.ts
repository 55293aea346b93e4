import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTemporaryFolder } from '@sevenfold/testkit'
import type { TemporaryFolder } from '@sevenfold/testkit'
import type { Alert } from '../alerts/alert.ts'
import { DetectionError } from '../detection-error.ts'
import { forgetProfiles, maxProfileBytes, openProfiles } from './open-profiles.ts'
import type { ProfilesPlace } from './open-profiles.ts'
import type { Profiles } from './profile.ts'

let folder: TemporaryFolder
let place: ProfilesPlace
beforeEach(() => {
  folder = createTemporaryFolder()
  place = {
    file: join(folder.path, 'profiles.yaml'),
    lastGoodPath: join(folder.path, 'last-good.yaml'),
    compile: (text, file) => {
      if (text.includes('broken')) throw new DetectionError('DETECTION_BAD_PROFILE', `${file}:2:3: broken`)
      return named(text)
    },
  }
})
afterEach(() => folder.remove())

// Never looked at by the profiles below.
const anyAlert = {} as Alert

/** Profiles that are known by the text they came from. */
const named = (text: string): Profiles => ({
  decide: () => ({ decisions: [], matched: [], errors: [text] }),
})
const textOf = ({ profiles }: { profiles: Profiles }): string => profiles.decide(anyAlert).errors[0] ?? ''

describe('a file of profiles', () => {
  it('is kept when it can be used', () => {
    writeFileSync(place.file, 'one')
    const opened = openProfiles(place)
    expect([textOf(opened), opened.problem]).toEqual(['one', undefined])
    expect(readFileSync(place.lastGoodPath, 'utf8')).toBe('one')
  })

  it.each(['broken', 'gone', 'too long'])(
    'that is %s leaves the last good one in force, and says why',
    (how) => {
      writeFileSync(place.file, 'one')
      openProfiles(place)
      if (how === 'gone') rmSync(place.file)
      else writeFileSync(place.file, how === 'broken' ? 'broken' : 'x'.repeat(maxProfileBytes + 1))
      const opened = openProfiles(place)
      expect(textOf(opened)).toBe('one')
      expect(opened.problem).toContain(place.file)
      expect(openProfiles(place).problem).toBe(opened.problem)
      writeFileSync(place.file, 'two')
      expect(openProfiles(place)).toMatchObject({ profiles: {} })
      expect(readFileSync(place.lastGoodPath, 'utf8')).toBe('two')
    },
  )

  it('that was never good is an error with its place', () => {
    writeFileSync(place.file, 'broken')
    expect(() => openProfiles(place)).toThrow(`${place.file}:2:3: broken`)
    expect(existsSync(place.lastGoodPath)).toBe(false)
  })

  it('that is broken beside a last good one that is broken as well is an error, not other profiles', () => {
    writeFileSync(place.file, 'broken')
    writeFileSync(place.lastGoodPath, 'broken too')
    expect(() => openProfiles(place)).toThrow('no earlier ones')
  })

  it('may be as long as the limit', () => {
    writeFileSync(place.file, 'x'.repeat(maxProfileBytes))
    expect(openProfiles(place).problem).toBeUndefined()
  })

  it('that is no longer configured is forgotten', () => {
    writeFileSync(place.file, 'one')
    openProfiles(place)
    forgetProfiles(place.lastGoodPath)
    forgetProfiles(place.lastGoodPath)
    writeFileSync(place.file, 'broken')
    expect(() => openProfiles(place)).toThrow('no earlier ones')
  })
})
