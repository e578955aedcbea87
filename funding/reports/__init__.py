"""Reports of money: 资金计划表, 资金台账, 拨付明细, 年度汇总, as tables, XLSX, PDF, CSV and JSON lines."""
