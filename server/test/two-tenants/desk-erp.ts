import { orderBridge } from './order-bridge.ts'

export default orderBridge('desk-erp', 'desk', 'erp')
