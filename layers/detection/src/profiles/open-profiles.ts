import { readFileSync, rmSync } from 'node:fs'
import { writeAtomic } from '@sevenfold/layer'
import { DetectionError } from '../detection-error.ts'
import type { Profiles } from './profile.ts'

/** What opening a file of profiles needs. */
export interface ProfilesPlace {
  /** The configured file. */
  readonly file: string
  /** Where the text that was last in force is kept. */
  readonly lastGoodPath: string
  /** Compiles a text; throws with file, line and column. */
  readonly compile: (text: string, file: string) => Profiles
}

/** Profiles, and what is wrong with the configured file when they are the last good ones. */
export interface OpenedProfiles {
  readonly profiles: Profiles
  readonly problem?: string
}

/** Most bytes of a file of profiles. */
export const maxProfileBytes = 1_048_576

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

function readBounded(file: string): string {
  const bytes = readFileSync(file)
  if (bytes.length > maxProfileBytes)
    throw new DetectionError('DETECTION_BAD_PROFILE', `${file}: longer than ${maxProfileBytes} bytes`)
  return bytes.toString('utf8')
}

function lastGood({ lastGoodPath, compile }: ProfilesPlace): Profiles | undefined {
  try {
    return compile(readBounded(lastGoodPath), lastGoodPath)
  } catch {
    return undefined // none yet, or of a version that meant something else
  }
}

/**
 * The profiles of a file. Who is banned for how long follows from them, so that a file that is broken or gone is never
 * replaced by other profiles in silence: those that were in force before stay, and `problem` says what is wrong; where
 * there are none, the start fails.
 * @throws DetectionError DETECTION_BAD_PROFILE with file, line and column.
 */
export function openProfiles(place: ProfilesPlace): OpenedProfiles {
  try {
    const text = readBounded(place.file)
    const profiles = place.compile(text, place.file)
    writeAtomic(place.lastGoodPath, text)
    return { profiles }
  } catch (error) {
    const profiles = lastGood(place)
    if (profiles !== undefined) return { profiles, problem: messageOf(error) }
    throw new DetectionError(
      'DETECTION_BAD_PROFILE',
      `detection.profiles cannot be used, and there are no earlier ones to go on with: ${messageOf(error)}`,
      { cause: error },
    )
  }
}

/** Forgets the text that was last in force: profiles are no longer configured. */
export function forgetProfiles(lastGoodPath: string): void {
  rmSync(lastGoodPath, { force: true })
}
