import { webcrypto } from 'node:crypto'
import { createRequire } from 'node:module'
import type * as X509 from '@peculiar/x509'

/**
 * The X.509 library, loaded only where hosts are enrolled: it is most of what it would add to this process. Its polyfill
 * of decorators must be there before it, whatever loads the modules.
 */
export function loadX509(): typeof X509 {
  const require = createRequire(import.meta.url)
  require('reflect-metadata')
  const x509 = require('@peculiar/x509') as typeof X509 // the CommonJS form has the same members
  // The library names the same interface by the types of browsers.
  x509.cryptoProvider.set(webcrypto as unknown as Parameters<typeof x509.cryptoProvider.set>[0])
  return x509
}
