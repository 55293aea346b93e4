import { accessSync, chmodSync, constants, mkdirSync, statSync } from 'node:fs'
import { LayerError } from '../error.ts'

/**
 * Makes a folder that only its owner can read (0700), and narrows one that exists.
 * @throws LayerError LAYER_DATA_UNUSABLE when it cannot be made, is no folder, or cannot be written.
 */
export function ensurePrivateFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
    if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o700)
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    throw new LayerError('LAYER_DATA_UNUSABLE', `data folder ${path} cannot be used`, {
      cause: error,
      hint: 'give this user a folder it owns and can write, or set SEVENFOLD_DATA to one',
    })
  }
}
