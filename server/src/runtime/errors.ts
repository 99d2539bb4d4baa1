import { defineErrors } from '../errors/index.ts'

export const errors = defineErrors('runtime', {
  write_outside_step: {
    status: 500,
    retry: false,
    message: (v: { method: string; path: string; flow: string }) =>
      `Flow ${v.flow} called ${v.method} ${v.path} outside a step, so nothing could remember that it happened.`,
    fix: "Put the call into step('what it does', () => …).",
  },
  several_writes_in_step: {
    status: 500,
    retry: false,
    message: (v: { step: string; flow: string }) =>
      `Step "${v.step}" of flow ${v.flow} made a second write; a crash between the two could not be told apart.`,
    fix: 'Give each write a step of its own.',
  },
  step_in_step: {
    status: 500,
    retry: false,
    message: (v: { step: string; flow: string }) => `Step "${v.step}" of flow ${v.flow} was begun inside another step.`,
    fix: 'Call steps one after another in run, not inside the work of a step.',
  },
  step_name_repeated: {
    status: 500,
    retry: false,
    message: (v: { step: string; flow: string }) =>
      `Flow ${v.flow} used the step name "${v.step}" twice in one run; the second would get the result of the first.`,
    fix: "Put what differs into the name, as in step('close ' + ticket.id, …).",
  },
  step_result_too_large: {
    status: 500,
    retry: false,
    message: (v: { step: string; bytes: number; limitBytes: number }) =>
      `Step "${v.step}" returned ${v.bytes} bytes; a remembered result may have ${v.limitBytes}.`,
    fix: 'Return only what later steps need, such as an id.',
  },
  step_result_not_json: {
    status: 500,
    retry: false,
    message: (v: { step: string; reason: string }) => `The result of step "${v.step}" cannot be remembered as JSON: ${v.reason}.`,
    fix: 'Return plain data: no functions, no BigInt, no circular references.',
  },
  meter_unknown: {
    status: 500,
    retry: false,
    message: (v: { meter: string; declared: string }) => `Meter "${v.meter}" is not declared by the integration (declared: ${v.declared}).`,
    fix: 'Add it to `meters` of defineIntegration.',
  },
  meter_quantity: {
    status: 500,
    retry: false,
    message: (v: { meter: string; quantity: string }) =>
      `Meter "${v.meter}" was counted with ${v.quantity}; a quantity is a whole number of at least 1.`,
    fix: 'Count in a smaller unit rather than in fractions.',
  },
  mapping_unknown: {
    status: 500,
    retry: false,
    message: (v: { mapping: string; declared: string }) =>
      `Mapping "${v.mapping}" is not declared by the integration (declared: ${v.declared}).`,
    fix: 'Add it to `mappings` of defineIntegration.',
  },
  override_unknown: {
    status: 422,
    retry: false,
    message: (v: { mapping: string; declared: string }) =>
      `The integration declares no mapping "${v.mapping}" (it declares: ${v.declared}).`,
    fix: 'Override one of the declared mappings; the integration page shows each with its default.',
  },
  run_too_long: {
    status: 500,
    retry: false,
    message: (v: { flow: string; limitSeconds: number }) => `An execution of flow ${v.flow} did not end within ${v.limitSeconds} s.`,
    fix: 'Look for a promise that never resolves; use sleep() to wait, and split long work into several runs.',
  },
  cursor_unfit: {
    status: 500,
    retry: false,
    message: (v: { flow: string; reason: string; limitBytes: number }) =>
      `Flow ${v.flow} moves its cursor to what can't be kept: ${v.reason}.`,
    fix: (v: { limitBytes: number }) =>
      `Give cursor.advance plain data of at most ${v.limitBytes} bytes, such as the partner's own token or the time of the last item.`,
  },
  cursor_not_a_time: {
    status: 500,
    retry: false,
    message: (v: { flow: string; found: string }) => `Flow ${v.flow} reads from a time, but its cursor is ${v.found}.`,
    fix: 'Return an RFC 3339 time such as 2026-01-31T12:00:00Z from initialCursor and give one to cursor.advance; use cursor.value for a cursor of another kind.',
  },
  sweep_beyond_memory: {
    status: 500,
    retry: false,
    message: (v: { integration: string; flow: string; back: string; kept: string }) =>
      `The sweep ${v.flow} of ${v.integration} lists ${v.back} back, but deliveries are kept for ${v.kept} only.`,
    fix: 'Shorten its back, or keep deliveries for longer (retention.deliveries in bridgekeeper.yaml): what is forgotten would be done twice.',
  },
  duration_invalid: {
    status: 500,
    retry: false,
    message: (v: { duration: string }) => `"${v.duration}" is no duration of fixed length.`,
    fix: 'Use milliseconds or an ISO 8601 duration of weeks, days, hours, minutes and seconds, such as PT10M.',
  },
  schedule_invalid: {
    status: 422,
    retry: false,
    message: (v: { integration: string; flow: string; rule: string; reason: string }) =>
      `Flow ${v.flow} of ${v.integration} can't be started by "${v.rule}": ${v.reason}.`,
    fix: 'Use an ISO 8601 duration of at least a minute such as PT15M, or a cron expression of five fields in UTC such as "0 9 * * 1-5".',
  },
  version_not_loaded: {
    status: 409,
    retry: false,
    message: (v: { integration: string; version: string; loaded: string }) =>
      `The run is pinned to ${v.integration} ${v.version}, which this program has not loaded (loaded: ${v.loaded}).`,
    fix: 'Put that version into the versions folder beside the integration, or replay the run with the latest version.',
  },
  flow_not_found: {
    status: 409,
    retry: false,
    message: (v: { flow: string; integration: string; version: string }) => `${v.integration} ${v.version} has no flow "${v.flow}".`,
    fix: 'The flow was renamed or removed: replay with a version that has it, or discard the run.',
  },
  connection_missing: {
    status: 409,
    retry: false,
    message: (v: { platform: string; instance: string }) => `Instance ${v.instance} has no connection to ${v.platform}.`,
    fix: 'Bind one with: bridgekeeper instances change INSTANCE --connect PLATFORM=CONNECTION.',
  },
  connection_foreign: {
    status: 422,
    retry: false,
    message: (v: { connection: string; platform: string; customer: string }) =>
      `Connection ${v.connection} is no connection of ${v.customer} to ${v.platform}.`,
    fix: "List the customer's connections with: bridgekeeper connections list.",
  },
  delivery_missing: {
    status: 410,
    retry: false,
    message: (v: { delivery: string }) => `Delivery ${v.delivery} is no longer kept.`,
    fix: 'It was older than the retention of the workspace; ask the sender to send it again.',
  },
  customers_left: {
    status: 409,
    retry: false,
    message: (v: { integration: string; count: number; customers: string }) =>
      `The workspace has no ${v.integration} with code any more, and ${v.count} paying customer(s) are bound to it: ${v.customers}.`,
    fix: (v) =>
      `Bring back the file of ${v.integration} and its code, under this name. The only way to its end is stage deprecated, then sunset, then retired, with spec.windDown carried out; for another name, make that one its successor and move each customer.`,
  },
  instance_not_found: {
    status: 404,
    retry: false,
    message: (v: { instance: string }) => `There is no instance ${v.instance}.`,
    fix: 'List the instances with: bridgekeeper instances list.',
  },
  instance_ambiguous: {
    status: 409,
    retry: false,
    message: (v: { instance: string; some: string }) => `Several instances are called ${v.instance}, among them ${v.some}.`,
    fix: 'Name one as customer/name or by its id: bridgekeeper instances list.',
  },
  instance_exists: {
    status: 409,
    retry: false,
    message: (v: { integration: string; customer: string; name: string }) =>
      `${v.customer} already has an instance "${v.name}" of ${v.integration}.`,
    fix: 'Choose another name, change the existing instance, or remove it first: that frees its name.',
  },
  instance_removed: {
    status: 409,
    retry: false,
    message: (v: { instance: string }) => `Instance ${v.instance} was removed.`,
    fix: 'Make a new instance.',
  },
  synthetic_pays_nothing: {
    status: 422,
    retry: false,
    message: (v: { instance: string }) => `Instance ${v.instance} is synthetic: only canaries cross it, and nobody pays for it.`,
    fix: 'Install another instance for the customer, without synthetic.',
  },
  integration_not_loaded: {
    status: 404,
    retry: false,
    message: (v: { integration: string; loaded: string }) => `Integration "${v.integration}" is not loaded (loaded: ${v.loaded}).`,
    fix: 'Check its name, and that its entity file names its code.',
  },
  settings_invalid: {
    status: 422,
    retry: false,
    message: (v: { integration: string; problems: string }) => `The settings do not fit ${v.integration}: ${v.problems}.`,
    fix: 'Correct the named settings; the integration page lists all of them with their defaults.',
  },
  default_mapping_invalid: {
    status: 422,
    retry: false,
    message: (v: { integration: string; mapping: string; reason: string }) =>
      `The default of mapping "${v.mapping}" of ${v.integration} is no JSONata expression: ${v.reason}.`,
    fix: 'Correct the expression in the code of the integration.',
  },
  mapping_invalid: {
    status: 422,
    retry: false,
    message: (v: { mapping: string; reason: string }) => `The override of mapping "${v.mapping}" is refused: ${v.reason}.`,
    fix: 'Correct the JSONata expression, or take the override away to use the default.',
  },
  run_not_found: {
    status: 404,
    retry: false,
    message: (v: { run: string }) => `There is no run ${v.run}.`,
    fix: 'List runs with: bridgekeeper runs list.',
  },
  run_not_parked: {
    status: 409,
    retry: false,
    message: (v: { run: string; state: string }) => `Run ${v.run} is ${v.state}, not parked.`,
    fix: 'Only parked and blocked runs can be resumed or discarded; a finished one can be replayed.',
  },
  nothing_matches: {
    status: 422,
    retry: false,
    message: (v: { filter: string }) => `The filter ${v.filter} names no narrowing condition.`,
    fix: 'Name at least one of: run, fingerprint, integration, instance, flow, delivery, from/to; or say that you mean all of them: --all, in the API "all": true.',
  },
})
