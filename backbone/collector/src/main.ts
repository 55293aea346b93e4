import { runLayer } from '@sevenfold/layer'
import { collectorLayer } from './collector-layer.ts'

await runLayer(collectorLayer)
