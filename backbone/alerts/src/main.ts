import { runLayer } from '@sevenfold/layer'
import { alertsLayer } from './alerts-layer.ts'

await runLayer(alertsLayer)
