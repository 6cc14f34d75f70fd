"""`gatewatch doctor azure`: what is wrong with the Azure half, read through the APIs of Graph, the storage account, the index and the channels."""
