"""The office's 台账 as an Excel workbook, out and back."""
