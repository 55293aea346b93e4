import { join } from 'node:path'

/** Where the parts of a log stand below its folder, `data/ledger`. */
export interface LogFolder {
  readonly root: string
  /** NDJSON segments: the source of truth. */
  readonly segments: string
  /** Newest signed checkpoint. */
  readonly checkpoint: string
  /** Newest checkpoint that witnesses cosigned, with their signatures. */
  readonly cosigned: string
  /** Public key of the log as a C2SP verifier key; what a verifier should have been given by another way. */
  readonly verifierKey: string
  /** See `Snapshot`. */
  readonly snapshot: string
  /** Tails that were cut after a crash, kept for a look. */
  readonly cut: string
}

/** The paths of the log in `root`. */
export function logFolder(root: string): LogFolder {
  return {
    root,
    segments: join(root, 'segments'),
    checkpoint: join(root, 'checkpoint'),
    cosigned: join(root, 'checkpoint.cosigned'),
    verifierKey: join(root, 'log.vkey'),
    snapshot: join(root, 'snapshot'),
    cut: join(root, 'cut'),
  }
}
