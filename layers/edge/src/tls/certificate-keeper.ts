import type { LoadedCertificates, CertificateSource } from './certificate-files.ts'
import { certificateStamp, loadCertificates } from './certificate-files.ts'

/** How often certificate files are looked at, milliseconds: a renewed one is in use within this time. */
export const certificateLookMs = 2000

/** What a keeper tells. */
export interface KeeperOptions {
  readonly source: CertificateSource
  /** New certificates are there. @throws Error to refuse them; the old ones stay. */
  readonly use: (loaded: LoadedCertificates) => void
  /** Changed files cannot be used; the old certificates stay in use. */
  readonly onProblem: (why: string) => void
}

/** Keeps the certificates of one site as its files say. */
export class CertificateKeeper {
  private readonly options: KeeperOptions
  private stamp: string
  private expires: number

  /** @throws Error when the files cannot be used now. */
  constructor(options: KeeperOptions, first: LoadedCertificates) {
    this.options = options
    this.stamp = certificateStamp(options.source)
    this.expires = first.expiresMs
  }

  /** End of the certificate that ends first, milliseconds since 1970. */
  get expiresMs(): number {
    return this.expires
  }

  /** Looks at the files; true when new certificates are in use. */
  look(): boolean {
    const stamp = certificateStamp(this.options.source)
    // Missing files are being replaced; the next look finds them.
    if (stamp === '' || stamp === this.stamp) return false
    this.stamp = stamp
    try {
      const loaded = loadCertificates(this.options.source)
      this.options.use(loaded)
      this.expires = loaded.expiresMs
      return true
    } catch (error) {
      this.options.onProblem(error instanceof Error ? error.message : String(error))
      return false
    }
  }
}
