import { setPriority } from 'node:os'
import { runLayer } from '@sevenfold/layer'
import { collectorLayer } from './collector-layer.ts'

// Behind those that judge requests and keep evidence, when all want the processor: an index that is late is a lag, nothing is lost.
const niceness = 5
try {
  setPriority(niceness)
} catch {
  // A system that does not allow it: then all are equal.
}
await runLayer(collectorLayer)
