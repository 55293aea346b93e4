import { runLayer } from '@sevenfold/layer'
import { detectionLayer } from './detection-layer.ts'

await runLayer(detectionLayer)
