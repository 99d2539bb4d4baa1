import { operationsSeenFrom } from './base-paths.ts'
import { SchemaComparer } from './compare-schemas.ts'
import type { Contract, Spot } from './contract.ts'
import { expand, newPathBudget, type PathBudget } from './expand.ts'
import { type Finding, orderFindings, pathTexts, withSource } from './finding.ts'
import { ownString } from './json.ts'
import { callbacksOf, type Operation, operationsOf, templateOf, webhookItems } from './operations.ts'
import { checkDocument } from './rules/documents.ts'
import { checkOperationLifecycle } from './rules/operation-lifecycle.ts'
import type { OperationDetail, OperationPair, Root } from './rules/operation-report.ts'
import { checkOperationNames, removalRule } from './rules/operations.ts'
import { checkParameters } from './rules/parameters.ts'
import { checkRequestBody } from './rules/request-bodies.ts'
import { checkClientAnswer, checkProviderRequest, checkResponses } from './rules/responses.ts'
import { checkAccess, checkGlobalSecurity, checkOperationSecurity, checkSecurityComponents } from './rules/security.ts'
import { checkOperationServers } from './rules/servers.ts'
import { contractRules } from './rules/table.ts'
import { type NoticePolicy, type Stability, stabilityOf, stabilityRank } from './stability.ts'

export interface CompareOptions {
  /** Days between deprecation and sunset that the parties agreed on. Default: none asked for. */
  minNoticeDays?: { stable: number; beta: number }
  /** Operations and properties that rank below are left out. Default: beta. */
  minStability?: Stability
  /** The day on which promised dates are judged. Default: today. */
  today?: Date
}

/**
 * Compares two versions of a contract. Neither is changed or dereferenced; the work grows with the size of the documents.
 * Findings come in a fixed order, and the same inputs (the day included) give the same findings.
 */
export function compareContracts(before: Contract, after: Contract, options: CompareOptions = {}): Finding[] {
  const policy: NoticePolicy = {
    minNoticeDays: options.minNoticeDays ?? { stable: 0, beta: 0 },
    minStability: options.minStability ?? 'beta',
    today: options.today ?? new Date(),
  }
  return new Comparison(before, after, policy).findings()
}

class Comparison {
  readonly #before: Contract
  readonly #after: Contract
  readonly #policy: NoticePolicy
  readonly #schemas: SchemaComparer
  readonly #found: Finding[] = []
  readonly #roots: (Root & { operation: Operation; stability: Stability })[] = []

  constructor(before: Contract, after: Contract, policy: NoticePolicy) {
    this.#before = before
    this.#after = after
    this.#policy = policy
    this.#schemas = new SchemaComparer(policy)
  }

  findings(): Finding[] {
    this.#comparePaths()
    this.#compareWebhooks()
    const tell = (rule: string, detail: OperationDetail & { component?: string }) => this.#tell(rule, undefined, detail)
    checkGlobalSecurity(this.#before, this.#after, tell)
    checkSecurityComponents(this.#before, this.#after, tell)
    checkDocument(this.#before, this.#after, tell)
    this.#schemas.finish()
    const budget = newPathBudget()
    for (const root of this.#roots) this.#tellRoot(root, budget)
    return orderFindings(this.#found)
  }

  #comparePaths(): void {
    const old = byTemplate(operationsSeenFrom(this.#before, this.#before))
    const now = byTemplate(operationsSeenFrom(this.#before, this.#after))
    for (const [template, before] of old) {
      const after = now.get(template)
      if (after) this.#compareOperations(before, after)
      else for (const operation of before) this.#removed(operation, true)
    }
    for (const [template, after] of now) if (!old.has(template)) for (const operation of after) this.#added(operation)
  }

  #compareWebhooks(): void {
    const now = webhookItems(this.#after)
    for (const [name, item] of webhookItems(this.#before)) {
      const other = now.get(name)
      if (other)
        this.#compareProviderCalls(
          operationsOf(this.#before, name, item, 'webhook'),
          operationsOf(this.#after, name, other, 'webhook'),
          'webhook',
        )
    }
  }

  #compareOperations(before: Operation[], after: Operation[]): void {
    for (const operation of before) {
      const other = counterpart(operation, before, after)
      if (other) this.#comparePair(operation, other)
      else this.#removed(operation, false)
    }
    for (const operation of after) if (!before.some((candidate) => candidate.method === operation.method)) this.#added(operation)
  }

  #comparePair(before: Operation, after: Operation): void {
    const pair = this.#pairOf(before, after)
    if (this.#isHidden(after.spot)) {
      if (!this.#isHidden(before.spot)) this.#stabilityOnly(pair)
      return
    }
    checkOperationLifecycle(this.#isHidden(before.spot) ? silentAboutStability(pair) : pair)
    checkOperationNames(pair)
    checkParameters(pair)
    checkRequestBody(pair)
    checkResponses(pair)
    checkOperationSecurity(pair)
    checkAccess(pair)
    checkOperationServers(pair)
    this.#compareProviderCalls(callbacksOf(before), callbacksOf(after), 'callback')
  }

  /** Webhooks and callbacks: the provider calls, so its payload is what the client reads. */
  #compareProviderCalls(before: Operation[], after: Operation[], what: 'webhook' | 'callback'): void {
    const same = (a: Operation, b: Operation) => a.method === b.method && templateOf(a.path) === templateOf(b.path)
    for (const operation of before) {
      const other = after.find((candidate) => same(candidate, operation))
      if (!other) {
        this.#tell(`${what}-removed`, operation, { before: `${operation.method} ${operation.path}`, beforeSpot: operation.spot })
        continue
      }
      const pair = this.#pairOf(operation, other)
      checkOperationLifecycle(pair)
      checkProviderRequest(pair)
      checkClientAnswer(pair)
    }
    for (const operation of after) {
      if (!before.some((candidate) => same(candidate, operation)))
        this.#tell(`${what}-added`, operation, { after: `${operation.method} ${operation.path}`, afterSpot: operation.spot })
    }
  }

  #pairOf(before: Operation, after: Operation): OperationPair {
    const stability = stabilityOf(after.spot.node)
    const known = stability === 'invalid' ? 'stable' : stability
    return {
      before,
      after,
      stability: known,
      policy: this.#policy,
      report: (rule, detail = {}) => this.#tell(rule, after, { beforeSpot: before.spot, afterSpot: after.spot, ...detail }),
      compare: (old, now, place, loose, position) => {
        this.#roots.push({ node: this.#schemas.root(old, now, place, loose), position, operation: after, stability: known })
      },
    }
  }

  #stabilityOnly(pair: OperationPair): void {
    checkOperationLifecycle({ ...pair, report: (rule, detail) => (rule.includes('stability') ? pair.report(rule, detail) : undefined) })
  }

  #removed(operation: Operation, wholePath: boolean): void {
    if (!this.#isHidden(operation.spot))
      this.#tell(removalRule(operation, wholePath, this.#policy), operation, { beforeSpot: operation.spot })
  }

  #added(operation: Operation): void {
    if (!this.#isHidden(operation.spot)) this.#tell('endpoint-added', operation, { afterSpot: operation.spot })
  }

  #isHidden(spot: Spot): boolean {
    const level = stabilityOf(spot.node)
    return level !== 'invalid' && stabilityRank(level) < stabilityRank(this.#policy.minStability)
  }

  #tellRoot(root: Root & { operation: Operation; stability: Stability }, budget: PathBudget): void {
    expand(root.node, budget, (local, at) => {
      const rule = typeof local.rule === 'string' ? local.rule : local.rule(root.stability)
      const { level, before, after, note, beforeSpot, afterSpot } = local
      this.#tell(rule, root.operation, {
        ...root.position,
        at,
        before,
        after,
        beforeSpot,
        afterSpot,
        ...(level ? { level } : {}),
        ...(note ? { note } : {}),
      })
    })
  }

  #tell(id: string, operation: Operation | undefined, detail: OperationDetail & { component?: string }): void {
    const rule = contractRules.get(id)
    if (!rule) throw new Error(`no rule is called ${id}`)
    const operationId = operation && ownString(operation.spot.node, 'operationId')
    const { component, status, mediaType, parameter, before, after, note } = detail
    const finding: Finding = {
      rule: id,
      level: detail.level ?? rule.level,
      direction: rule.direction,
      surface: operation?.surface ?? 'operation',
      method: operation?.method ?? null,
      path: operation?.path ?? null,
      ...(operationId === undefined ? {} : { operationId }),
      ...(component === undefined ? {} : { component }),
      ...(status === undefined ? {} : { status }),
      ...(mediaType === undefined ? {} : { mediaType }),
      ...(parameter === undefined ? {} : { parameter }),
      ...pathTexts(detail.at ?? []),
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
      ...(note === undefined ? {} : { note }),
    }
    this.#found.push(withSource(finding, detail.beforeSpot, detail.afterSpot))
  }
}

/** An operation that was below what is judged: that it rose is not told, what else changed is. */
function silentAboutStability(pair: OperationPair): OperationPair {
  return { ...pair, report: (rule, detail) => (rule.startsWith('api-stability') ? undefined : pair.report(rule, detail)) }
}

/** The same address by another name is the same operation, but where two stand side by side (`/notes/{id}`, `/notes/{title}`), each is its namesake. */
function counterpart({ method, path }: Operation, before: readonly Operation[], after: readonly Operation[]): Operation | undefined {
  const candidates = after.filter((candidate) => candidate.method === method)
  return (
    candidates.find((candidate) => candidate.path === path) ??
    candidates.find((candidate) => !before.some((old) => old.method === method && old.path === candidate.path)) ??
    candidates[0]
  )
}

/** Operations by path without the names of its parameters. One template can stand there twice, with an operation each. */
function byTemplate(operations: readonly Operation[]): Map<string, Operation[]> {
  return Map.groupBy(operations, (operation) => templateOf(operation.path))
}
