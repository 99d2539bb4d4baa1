import type { IntegrationFacts } from '../../readiness/index.ts'
import { type Source, titleOf } from '../source.ts'
import type { IntegrationPage } from './page.ts'
import { peopleSections } from './people.ts'
import { productSections } from './product.ts'
import { stateSections, statusSection } from './state.ts'

/**
 * One page that tells all about an integration: stage, owners, duties, support, documentation, roadmap, marketing, price,
 * agreement, contracts, health, and what is open. Pure: the same files, facts and day give the same page.
 *
 * @returns every row that belongs to sides has a cell for each of them; none is blank
 */
export function integrationPage(source: Source, facts: IntegrationFacts): IntegrationPage {
  const { spec, report } = source
  return {
    integration: report.integration,
    title: report.title,
    asOf: report.asOf,
    oneSided: report.oneSided,
    sides: spec.sides.map(({ organization }) => ({ organization, title: titleOf(source, organization) })),
    sections: [statusSection(source), ...peopleSections(source), ...productSections(source), ...stateSections(source, facts)],
  }
}
