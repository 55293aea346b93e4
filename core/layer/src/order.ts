import { layerNames } from '@sevenfold/event'
import type { LayerName } from '@sevenfold/event'

/** The seven layers in the order in which a request or an intruder meets them; the one place that says so. */
export const layerOrder: readonly LayerName[] = layerNames
