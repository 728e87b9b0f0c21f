import type {ListenerKey} from '../model/listener-key.js'
import type {Translation} from './translator.js'

/** Listeners that Services got and the host has, although they have no server now. */
export function idleListeners({services}: Pick<Translation, 'services'>): ListenerKey[] {
  return services.flatMap(({available}) => available.filter(({upstream}) => !upstream).map(({key}) => key))
}
