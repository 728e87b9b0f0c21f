/** Numbers and times of the status page as text. */
import {html, type Html} from './html.js'

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB']

/** `1.5 MiB/s` */
export function bytesPerSecond(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${unit === 0 || value >= 10 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}/s`
}

/** `0.4/s`, `1,200/s` */
export function perSecond(rate: number): string {
  return `${rate > 0 && rate < 10 ? rate.toFixed(1) : whole(rate)}/s`
}

/** `12,345` */
export function whole(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** `5 Services`, `1 Service` */
export function counted(count: number, thing: string): string {
  return `${whole(count)} ${thing}${count === 1 ? '' : 's'}`
}

/** `12 s ago`: how long before `now` it was. Both are times as ISO 8601. */
export function ago(time: string, now: string): Html {
  return html`<time datetime="${time}" title="${time}"
    >${duration((Date.parse(now) - Date.parse(time)) / 1000)} ago</time
  >`
}

const STEPS = [
  {size: 86_400, unit: 'd'},
  {size: 3600, unit: 'h'},
  {size: 60, unit: 'min'},
]

/** `3 min` */
export function duration(seconds: number): string {
  const step = STEPS.find(({size}) => seconds >= size)
  return step ? `${Math.floor(seconds / step.size)} ${step.unit}` : `${Math.max(0, Math.floor(seconds))} s`
}
