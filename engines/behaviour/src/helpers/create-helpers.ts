import { anyType, stringType } from '../expr/type.ts'
import { fileHelpers } from './file-helpers.ts'
import { ja4h, type FingerprintedRequest } from './ja4h.ts'
import { jsonHelpers } from './json-helpers.ts'
import { networkHelpers } from './network-helpers.ts'
import { pairHelpers } from './pair-helpers.ts'
import { stateHelpers } from './state-helpers.ts'
import { textHelpers } from './text-helpers.ts'
import { timeHelpers } from './time-helpers.ts'
import { uriHelpers } from './uri-helpers.ts'
import { valueHelpers } from './value-helpers.ts'
import { xmlHelpers } from './xml-helpers.ts'

import type { FunctionSpec, FunctionTable } from '../expr/function-spec.ts'
import type { Facilities } from './facilities.ts'

/**
 * The 83 helpers of CrowdSec's rules over the facilities given (https://docs.crowdsec.net/docs/expr/intro), and the `now` of the language.
 * What needs a facility that is missing answers as if it were empty; outgoing calls fail.
 */
export function createHelpers(facilities: Facilities): FunctionTable {
  const fingerprint: FunctionSpec = {
    parameters: [anyType],
    result: stringType,
    pure: true,
    call: (request: FingerprintedRequest | null) => (request === null ? '' : ja4h(request)),
  }
  return new Map<string, FunctionSpec>([
    ...textHelpers(),
    ...jsonHelpers(),
    ...pairHelpers(),
    ...xmlHelpers(),
    ...uriHelpers(),
    ...networkHelpers(facilities),
    ...timeHelpers(facilities),
    ...valueHelpers(facilities),
    ...fileHelpers(facilities),
    ...stateHelpers(facilities),
    ['JA4H', fingerprint],
  ])
}
